import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import {
  DONTUNMAP_GIVEN,
  FIXED_GIVEN,
  GROWING,
  IMPLIED,
  IN_PLACE,
  only,
  UNMAPS_SOURCE,
} from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAnonVma } from '../steps/dontunmap.js';
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
import { mmapAfterUnmap } from '../steps/mmap.js';
import {
  askMaySplit,
  chargeCopy,
  chooseNewAddress,
  copyVma,
  disarmCopy,
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
import { mseal, sourceRangeUnsealed } from '../steps/seal.js';
import { sealedRangeUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** As before, with ranges that are asked whether they are sealed. */
const otherCallsOf6_10: Omit<CallSteps, 'mremap'> = {
  ...otherCallsOf2_6_33,
  mmap: mmapAfterUnmap('next-first', sealedRangeUnmap),
  munmap: sealedRangeUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true, sealedRange: true }),
  mseal: mseal(anonMerge),
};

export const v6_10: Release = {
  id: 'v6.10',
  covers: { first: '6.10', last: '6.11' },
  sources: [{ ref: '8be7258aad44', says: 'mseal()' }],
  changes: 'mseal(): a sealed VMA anywhere in a range refuses the call before anything is changed.',
  kernels: ['6.11.11'],
  calls: {
    ...otherCallsOf6_10,
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
      ...only(
        IMPLIED,
        newAddressAligned,
        destinationInTask,
        rangesDisjoint,
        earlyCountCheck(6),
        sourceRangeUnsealed,
      ),
      ...only(FIXED_GIVEN, ...sealedRangeUnmap.destination),
      ...shrinkBeforeMove(sealedRangeUnmap),
      ...only(IN_PLACE, sourceRangeUnsealed),
      ...shrinkInPlace(sealedRangeUnmap),
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
      ...sealedRangeUnmap.source('old-length'),
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
