import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapResetsOffset, splitLockedSource } from '../steps/dontunmap.js';
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

export const v7_2: Release = {
  id: 'v7.2',
  covers: { first: '7.2.11', last: '7.2' },
  sources: [
    {
      ref: 'tree of October 2026',
      says: 'DONTUNMAP asks for one slot more and does not merge with its source',
    },
    {
      ref: 'kernels of Debian, booted',
      says: 'up to 7.2.6 they behave as v7.2.6, 7.2.9 as v7.2.9, and from 7.2.11 on so',
    },
  ],
  changes:
    'DONTUNMAP asks for 5 free map slots, its copy stays apart from its source, and a source that was moved whole gets a new page offset.',
  kernels: ['7.2.11', '7.2.12', '7.2.13', '7.3-rc7'],
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
      ...inKernel('do_mremap', earlyCountCheck(4, 5)),
      ...eachVma,
      ...checkVma,
      ...shrinkInPlace(sealedUnmap),
      ...expandMerging(anonMerge),
      ...only(FIXED_GIVEN, hugePagesInTask, ...sealedUnmap.destination),
      ...only(IMPLIED, lookupAgain),
      ...shrinkBeforeMove(sealedUnmap),
      ...dontunmapLimit,
      chooseNewAddress,
      moveCountCheck(2, 3),
      askMaySplit,
      unmergeKsm,
      ...splitLockedSource,
      chargeStaleCopy,
      copyVma(anonMerge, { besideSource: 'apart' }),
      movePageTablesKeepingCharge,
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...sealedUnmap.source('any'),
      ...dontunmapResetsOffset,
      ...nextVma,
      moveDone,
    ],
  },
};
