import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { checkVma, eachVma, lookupAgain, nextVma } from '../steps/lookup.js';
import {
  chooseNewAddress,
  copyVma,
  dontunmapDropsAnonVma,
  moveDone,
  movePageTables,
} from '../steps/move.js';
import {
  destinationInTask,
  dontunmapKeepsLength,
  newAddressNeedsMaymove,
  newLengthInTask,
  newLengthNotZero,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandMerging, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { unmapDestination, unmapSource } from '../steps/unmap.js';
import { otherCallsOf6_17 } from './v6.17.js';

const anonMerge: AnonMergeRule = 'either-way';

export const v7_1: Release = {
  id: 'v7.1',
  covers: { first: '7.1', last: '7.1' },
  sources: [
    {
      ref: 'mail of 2026-03-11, patches 1 to 3',
      says: 'the count check moves under the lock and its constants are corrected',
    },
  ],
  changes:
    'Every call asks for 4 free map slots, under the lock and before the lookup; a move asks for 2 instead of 4.',
  kernels: ['7.1.13'],
  calls: {
    ...otherCallsOf6_17,
    mremap: [
      newLengthNotZero,
      newLengthInTask,
      ...only(
        IMPLIED,
        destinationInTask,
        newAddressNeedsMaymove,
        dontunmapKeepsLength,
        rangesDisjoint,
      ),
      takeLock,
      ...inKernel('do_mremap', earlyCountCheck(4)),
      ...eachVma,
      ...checkVma,
      ...shrinkInPlace,
      ...expandMerging(anonMerge),
      ...only(FIXED_GIVEN, ...unmapDestination),
      ...only(IMPLIED, lookupAgain),
      ...shrinkBeforeMove,
      chooseNewAddress,
      moveCountCheck(2),
      copyVma(anonMerge),
      movePageTables,
      ...unmapSource,
      ...dontunmapDropsAnonVma,
      ...nextVma,
      moveDone,
    ],
  },
};
