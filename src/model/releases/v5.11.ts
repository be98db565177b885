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
  dontunmapUnlocks,
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

export const v5_11: Release = {
  id: 'v5.11',
  covers: { first: '5.11', last: '5.12' },
  sources: [
    {
      ref: '73d5e0629919, ad8ee77ea9db',
      says: 'drivers are asked before the copy; DONTUNMAP is charged like a mapping',
    },
  ],
  changes: 'DONTUNMAP inside an accounted VMA leaves the VMA behind it alone.',
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
      ...dontunmapUnlocks,
      moveDone,
    ],
  },
};
