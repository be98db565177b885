import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, inKernel, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAccount } from '../steps/dontunmap.js';
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
  dontunmapKeepsLength,
  flagsKnown,
  newAddressAligned,
  newAddressNeedsMaymove,
  newLengthNotZero,
  oldAddressAligned,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandMerging, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { sealCheck } from '../steps/seal.js';
import { sealedUnmap } from '../steps/unmap.js';
import { otherCallsOf6_12 } from './v6.12.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v6_15: Release = {
  id: 'v6.15',
  covers: { first: '6.15', last: '6.15' },
  sources: [
    {
      ref: '85ea6bdd88a2',
      says: 'the parameter checks become a function of their own, the early count check among them',
    },
    { ref: '221bf5cac5c2', says: 'the state of a call becomes one structure' },
    { ref: 'd5c8aec0542e', says: 'charging the copy is a step of its own' },
    { ref: 'b714ccb02a76', says: 'move_vma() in parts' },
  ],
  changes:
    'The early count check comes before the lock and before the lookup: near the limit ENOMEM hides EFAULT and EINVAL.',
  kernels: [],
  calls: {
    ...otherCallsOf6_12,
    mremap: [
      flagsKnown,
      oldAddressAligned,
      newLengthNotZero,
      ...only(
        IMPLIED,
        newAddressAligned,
        newAddressNeedsMaymove,
        dontunmapKeepsLength,
        ...inKernel('check_mremap_params', earlyCountCheck(6)),
      ),
      takeLock,
      lookupVma,
      sealCheck,
      wholeHugePages,
      ...only(IMPLIED, destinationInTask, rangesDisjoint),
      ...only(FIXED_GIVEN, ...sealedUnmap.destination),
      lookupAgain,
      ...shrinkBeforeMove(sealedUnmap),
      ...shrinkInPlace(sealedUnmap),
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
      chargeStaleCopy,
      copyVma(anonMerge),
      movePageTablesKeepingCharge,
      disarmCopy,
      lockCopy,
      ...sealedUnmap.source('any'),
      ...dontunmapDropsAccount,
      moveDone,
    ],
  },
};
