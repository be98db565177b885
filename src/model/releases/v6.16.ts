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
import { otherCallsOf6_17 } from './v6.17.js';

const anonMerge: AnonMergeRule = 'either-way';

export const v6_16: Release = {
  id: 'v6.16',
  covers: { first: '6.16', last: '6.16' },
  sources: [
    { ref: '879bca0a2c4f', says: 'merges of anonymous VMAs that were disallowed by mistake' },
  ],
  changes: 'A faulted range may merge with an unfaulted neighbour, too.',
  kernels: ['6.16.12'],
  calls: {
    ...otherCallsOf6_17,
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
