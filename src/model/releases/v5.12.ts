import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
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
  dontunmapDropsAnonVma,
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

export const v5_12: Release = {
  id: 'v5.12',
  covers: { first: '5.12', last: '5.12' },
  sources: [
    {
      ref: 'mm/mremap.c of 5.11.14 and 5.12.9',
      says: 'the anon_vma of a source that was moved whole is taken from it',
    },
  ],
  changes: 'A source that DONTUNMAP has moved whole loses its anon_vma.',
  kernels: ['5.12.9'],
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
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
