import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapResetsOffset, splitLockedSource } from '../steps/dontunmap.js';
import { dontunmapLimit } from '../steps/limits.js';
import { eachVma, lookupAgain, nextVma } from '../steps/lookup.js';
import { mmapBeforeUnmap } from '../steps/mmap.js';
import {
  askMaySplit,
  chargeCopy,
  chooseNewAddress,
  copyVma,
  disarmCopy,
  lockCopy,
  moveDone,
  movePageTablesOf5_11,
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

export const v7_3: Release = {
  id: 'v7.3',
  covers: { first: '7.3', last: '7.3' },
  sources: [
    { ref: 'tree of 7.3', says: 'the charge is taken for what the copy is longer' },
    {
      ref: 'kernel of Debian, booted',
      says: '7.3.4 merges what was moved as if its anonymous pages had a page offset of their own, which a private file mapping takes from its address while it is unwritten',
    },
  ],
  changes:
    'The commit charge of a shrinking move and of a failed growing one is right again. A written private file mapping that was moved does not merge with an unwritten one.',
  kernels: ['7.3.4'],
  calls: {
    ...otherCallsOf6_17,
    mmap: mmapBeforeUnmap(anonMerge, sealedUnmap, false),
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
      chargeCopy,
      copyVma(anonMerge, { besideSource: 'apart', armedMerges: false, anonOffsets: true }),
      movePageTablesOf5_11,
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...sealedUnmap.source('any'),
      ...dontunmapResetsOffset,
      ...nextVma,
      moveDone,
    ],
  },
};
