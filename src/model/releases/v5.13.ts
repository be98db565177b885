import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import {
  chargeCopy,
  chooseNewAddress,
  copyVma,
  dontunmapDropsAnonVma,
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

export const v5_13: Release = {
  id: 'v5.13',
  covers: { first: '5.13', last: '5.15' },
  sources: [{ ref: 'a4609387859f', says: 'extend MREMAP_DONTUNMAP to non-anonymous mappings' }],
  changes: 'DONTUNMAP takes any VMA; a source that was moved whole loses its anon_vma.',
  kernels: [],
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
      withinVma,
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      chargeCopy,
      copyVma(anonMerge),
      movePageTables,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source,
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
