import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { lookupAgain, lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import { mmapAfterUnmap } from '../steps/mmap.js';
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
import { expandMerging, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { unsealedUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** As before, but mmap() of 6.1, which is the kernel that was recorded, asks the next VMA first. */
const otherCallsOf6_0: Omit<CallSteps, 'mremap'> = {
  ...otherCallsOf2_6_33,
  mmap: mmapAfterUnmap('next-first', unsealedUnmap),
};

export const v6_0: Release = {
  id: 'v6.0',
  covers: { first: '6.0', last: '6.9' },
  sources: [
    { ref: 'ca3d76b0aa80', says: 'the extension may merge with the VMA behind it' },
    { ref: 'mm/mmap.c of 6.1', says: 'mmap() asks the next VMA first whether it merges' },
  ],
  changes: 'Growing in place may merge with the next VMA.',
  kernels: ['6.1.176'],
  calls: {
    ...otherCallsOf6_0,
    mremap: [
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      newLengthNotZero,
      takeLock,
      lookupVma,
      ...only(IMPLIED, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...unsealedUnmap.destination),
      ...shrinkBeforeMove(unsealedUnmap),
      ...shrinkInPlace(unsealedUnmap),
      lookupAgain,
      zeroLengthNeedsShared,
      withinVma,
      ...expandMerging(anonMerge),
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
