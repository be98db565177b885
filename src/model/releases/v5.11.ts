import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapUnlocks } from '../steps/dontunmap.js';
import { dontunmapLimit, growthCharge, growthLimits } from '../steps/limits.js';
import {
  dontunmapAnonymousOnly,
  growthAllowed,
  lookupVma,
  noHugePages,
  withinVma,
  zeroLengthNeedsShared,
} from '../steps/lookup.js';
import {
  askMaySplit,
  chargeCopyOf5_11,
  chooseNewAddress,
  copyVma,
  disarmCopy,
  lockCopy,
  moveDone,
  movePageTablesOf5_11,
  unmergeKsm,
} from '../steps/move.js';
import {
  destinationInTask,
  dontunmapKeepsLength,
  dontunmapNeedsMaymove,
  fixedNeedsMaymove,
  flagsKnown,
  newAddressAligned,
  newLengthNotZero,
  oldAddressAligned,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { unsealedUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v5_11: Release = {
  id: 'v5.11',
  covers: { first: '5.11', last: '5.11' },
  sources: [
    {
      ref: '73d5e0629919, ad8ee77ea9db',
      says: 'drivers are asked before the copy; DONTUNMAP is charged like a mapping',
    },
  ],
  changes: 'DONTUNMAP inside an accounted VMA leaves the VMA behind it alone.',
  kernels: ['5.11.14'],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      flagsKnown,
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      oldAddressAligned,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, newAddressAligned, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...unsealedUnmap.destination),
      ...shrinkBeforeMove(unsealedUnmap),
      ...shrinkInPlace(unsealedUnmap),
      lookupVma,
      zeroLengthNeedsShared,
      ...only(DONTUNMAP_GIVEN, dontunmapAnonymousOnly),
      noHugePages,
      withinVma,
      ...only(GROWING, growthAllowed, ...growthLimits, growthCharge),
      ...expandAlone,
      ...dontunmapLimit,
      chooseNewAddress,
      moveCountCheck(4),
      askMaySplit,
      unmergeKsm,
      chargeCopyOf5_11,
      copyVma(anonMerge),
      movePageTablesOf5_11,
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source('new-length'),
      ...dontunmapUnlocks,
      moveDone,
    ],
  },
};
