import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapLimit, growthLimits } from '../steps/limits.js';
import {
  dontunmapNotSpecial,
  growthAllowed,
  lookupAgain,
  lookupVma,
  wholeHugePages,
  withinVma,
  zeroLengthNeedsShared,
} from '../steps/lookup.js';
import {
  askMaySplit,
  chargeCopy,
  chooseNewAddress,
  copyVma,
  disarmCopy,
  dontunmapDropsAnonVma,
  lockCopy,
  moveDone,
  movePageTablesKeepingCharge,
  unmergeKsm,
} from '../steps/move.js';
import { mprotect } from '../steps/mprotect.js';
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
import { expandMerging, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { gatheringUnmap } from '../steps/unmap.js';
import { otherCallsOf6_1 } from './v6.1.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v6_7: Release = {
  id: 'v6.7',
  covers: { first: '6.7', last: '6.9' },
  sources: [
    {
      ref: 'mm/mprotect.c of 6.6 and 6.7',
      says: 'anonymous memory that was never written and becomes read-only is not accounted any more',
    },
    {
      ref: 'mm/mremap.c of 6.6 and 6.7',
      says: 'growth in place that fails gives back the charge that it has taken, and no other',
    },
  ],
  changes:
    'mprotect() gives back the charge for unwritten anonymous memory that becomes read-only.',
  kernels: ['6.7.3'],
  calls: {
    ...otherCallsOf6_1,
    mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true }),
    mremap: [
      flagsKnown,
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      oldAddressAligned,
      newLengthNotZero,
      takeLock,
      lookupVma,
      wholeHugePages,
      ...only(IMPLIED, newAddressAligned, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...gatheringUnmap.destination),
      ...shrinkBeforeMove(gatheringUnmap),
      ...shrinkInPlace(gatheringUnmap),
      lookupAgain,
      zeroLengthNeedsShared,
      ...only(DONTUNMAP_GIVEN, dontunmapNotSpecial),
      withinVma,
      ...only(GROWING, growthAllowed, ...growthLimits),
      ...expandMerging(anonMerge),
      ...dontunmapLimit,
      chooseNewAddress,
      moveCountCheck(4),
      askMaySplit,
      unmergeKsm,
      chargeCopy,
      copyVma(anonMerge),
      movePageTablesKeepingCharge,
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...gatheringUnmap.source('old-length'),
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
