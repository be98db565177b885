import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAccount } from '../steps/dontunmap.js';
import { dontunmapLimit } from '../steps/limits.js';
import { eachVmaOfRc1, lookupAgain, nextVma } from '../steps/lookup.js';
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
import { checkVma, mseal } from '../steps/seal.js';
import { sealedUnmap } from '../steps/unmap.js';
import { otherCallsOf6_17 } from './v6.17.js';

const anonMerge: AnonMergeRule = 'either-way';

export const v6_17_rc1: Release = {
  id: 'v6.17-rc1',
  covers: { first: '6.17-rc1', last: '6.17-rc5' },
  sources: [
    { ref: 'd23cb648e365', says: 'FIXED with equal lengths moves every VMA of the range' },
    {
      ref: 'a85dc37186a5, 3215eaceca87',
      says: 'checks before any unmapping; lengths are rounded first',
    },
  ],
  changes:
    'The VMA is checked before anything is unmapped; FIXED with equal lengths moves several VMAs, the first one also if it may not move with others.',
  kernels: [],
  calls: {
    ...otherCallsOf6_17,
    mseal: mseal(anonMerge, true),
    mremap: [
      flagsKnown,
      oldAddressAligned,
      newLengthNotZero,
      newLengthInTask,
      destinationInTask,
      ...only(
        IMPLIED,
        newAddressAligned,
        newAddressNeedsMaymove,
        dontunmapKeepsPages,
        rangesDisjoint,
        ...inKernel('check_mremap_params', earlyCountCheck(6)),
      ),
      takeLock,
      ...eachVmaOfRc1,
      ...checkVma,
      ...shrinkInPlace(sealedUnmap),
      ...expandMerging(anonMerge),
      ...only(FIXED_GIVEN, hugePagesInTask, ...sealedUnmap.destination),
      ...only(IMPLIED, lookupAgain),
      ...shrinkBeforeMove(sealedUnmap),
      ...dontunmapLimit,
      chooseNewAddress,
      moveCountCheck(4),
      askMaySplit,
      unmergeKsm,
      chargeStaleCopy,
      copyVma(anonMerge, { dropsAnonVma: true }),
      movePageTablesKeepingCharge,
      disarmCopy,
      lockCopy,
      ...sealedUnmap.source('any'),
      ...dontunmapDropsAccount,
      ...nextVma,
      moveDone,
    ],
  },
};
