import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAnonVma } from '../steps/dontunmap.js';
import { dontunmapLimit, growthCharge, growthLimits } from '../steps/limits.js';
import {
  dontunmapNotSpecial,
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

export const v5_13: Release = {
  id: 'v5.13',
  covers: { first: '5.13', last: '5.15' },
  sources: [{ ref: 'a4609387859f', says: 'extend MREMAP_DONTUNMAP to non-anonymous mappings' }],
  changes: 'DONTUNMAP takes any VMA.',
  kernels: ['5.15.0'],
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
      ...only(DONTUNMAP_GIVEN, dontunmapNotSpecial),
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
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
