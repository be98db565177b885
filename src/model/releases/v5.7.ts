import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import {
  dontunmapAnonymousOnly,
  lookupVma,
  withinVma,
  zeroLengthNeedsShared,
} from '../steps/lookup.js';
import {
  chargeCopy,
  chooseNewAddress,
  copyVma,
  dontunmapAccountsNext,
  lockCopy,
  moveDone,
  movePageTables,
} from '../steps/move.js';
import {
  destinationInTask,
  dontunmapKeepsLength,
  dontunmapNeedsMaymove,
  fixedNeedsMaymove,
  newLengthNotZero,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { unsealedUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v5_7: Release = {
  id: 'v5.7',
  covers: { first: '5.7', last: '5.10' },
  sources: [{ ref: 'e346b3813067', says: 'add MREMAP_DONTUNMAP to mremap()' }],
  changes: 'DONTUNMAP leaves the source mapped and empty; private anonymous VMAs only.',
  kernels: ['5.10.223'],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...unsealedUnmap.destination),
      ...shrinkBeforeMove(unsealedUnmap),
      ...shrinkInPlace(unsealedUnmap),
      lookupVma,
      zeroLengthNeedsShared,
      ...only(DONTUNMAP_GIVEN, dontunmapAnonymousOnly),
      withinVma,
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      chargeCopy,
      copyVma(anonMerge),
      movePageTables,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source,
      ...dontunmapAccountsNext,
      moveDone,
    ],
  },
};
