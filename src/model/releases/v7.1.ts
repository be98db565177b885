import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAnonVma } from '../steps/dontunmap.js';
import { dontunmapLimit } from '../steps/limits.js';
import { eachVma, lookupAgain, nextVma } from '../steps/lookup.js';
import {
  askMaySplit,
  chargeStaleCopy,
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
  dontunmapKeepsPages,
  flagsKnown,
  hugePagesInTask,
  newAddressAligned,
  newAddressNeedsMaymove,
  newLengthInTask,
  newLengthNotZero,
  oldAddressAligned,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandMerging, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { checkVma } from '../steps/seal.js';
import { sealedUnmap } from '../steps/unmap.js';
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
  kernels: ['7.1.3', '7.1.13'],
  calls: {
    ...otherCallsOf6_17,
    mremap: [
      flagsKnown,
      oldAddressAligned,
      newLengthNotZero,
      newLengthInTask,
      ...only(
        IMPLIED,
        destinationInTask,
        newAddressAligned,
        newAddressNeedsMaymove,
        dontunmapKeepsPages,
        rangesDisjoint,
      ),
      takeLock,
      ...inKernel('do_mremap', earlyCountCheck(4)),
      ...eachVma,
      ...checkVma,
      ...shrinkInPlace(sealedUnmap),
      ...expandMerging(anonMerge),
      ...only(FIXED_GIVEN, hugePagesInTask, ...sealedUnmap.destination),
      ...only(IMPLIED, lookupAgain),
      ...shrinkBeforeMove(sealedUnmap),
      ...dontunmapLimit,
      chooseNewAddress,
      moveCountCheck(2),
      askMaySplit,
      unmergeKsm,
      chargeStaleCopy,
      copyVma(anonMerge),
      movePageTablesKeepingCharge,
      disarmCopy,
      lockCopy,
      ...sealedUnmap.source('any'),
      ...dontunmapDropsAnonVma,
      ...nextVma,
      moveDone,
    ],
  },
};
