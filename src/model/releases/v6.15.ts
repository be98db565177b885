import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { lookupAgain, lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import {
  chargeStaleCopy,
  chooseNewAddress,
  copyVma,
  dontunmapDropsAccount,
  lockCopy,
  moveDone,
  movePageTables,
} from '../steps/move.js';
import {
  destinationInTask,
  dontunmapKeepsLength,
  newAddressNeedsMaymove,
  newLengthNotZero,
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
      newLengthNotZero,
      ...only(
        IMPLIED,
        newAddressNeedsMaymove,
        dontunmapKeepsLength,
        ...inKernel('check_mremap_params', earlyCountCheck(6)),
      ),
      takeLock,
      lookupVma,
      sealCheck,
      ...only(IMPLIED, destinationInTask, rangesDisjoint),
      ...only(FIXED_GIVEN, ...sealedUnmap.destination),
      lookupAgain,
      ...shrinkBeforeMove(sealedUnmap),
      ...shrinkInPlace(sealedUnmap),
      ...inKernel('resize_is_valid', zeroLengthNeedsShared, withinVma),
      ...expandMerging(anonMerge),
      chooseNewAddress,
      moveCountCheck(4),
      chargeStaleCopy,
      copyVma(anonMerge),
      movePageTables,
      lockCopy,
      ...sealedUnmap.source,
      ...dontunmapDropsAccount,
      moveDone,
    ],
  },
};
