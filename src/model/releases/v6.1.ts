import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
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
import { expandMergingOf6_1, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { gatheringUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v6_1: Release = {
  id: 'v6.1',
  covers: { first: '6.1', last: '6.6' },
  sources: [
    { ref: 'ca3d76b0aa80', says: 'the extension may merge with the VMA behind it' },
    { ref: 'mm/mmap.c of 6.1', says: 'mmap() asks the next VMA first whether it merges' },
  ],
  changes: 'Growing in place may merge with the next VMA.',
  kernels: ['6.1.176', '6.1.190'],
  calls: {
    ...otherCallsOf2_6_33,
    mmap: mmapAfterUnmap('next-first', gatheringUnmap),
    munmap: gatheringUnmap.munmap,
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
      ...expandMergingOf6_1(anonMerge),
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
