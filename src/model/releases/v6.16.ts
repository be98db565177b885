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
      copyVma(anonMerge, { dropsAnonVma: true }),
      movePageTablesKeepingCharge,
      disarmCopy,
      lockCopy,
      ...sealedUnmap.source('any'),
      ...dontunmapDropsAccount,
      moveDone,
    ],
  },
};
