import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { lookupAgain, lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import { mmapBeforeUnmap } from '../steps/mmap.js';
import {
  chooseNewAddress,
  copyVma,
  dontunmapDropsAnonVma,
  moveDone,
  movePageTables,
} from '../steps/move.js';
import { mprotect } from '../steps/mprotect.js';
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
import { touch } from '../steps/touch.js';
import { munmap, unmapDestination, unmapSource } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** mmap, munmap, mprotect and page faults, the same up to 6.15. */
export const otherCallsOf6_12: Omit<CallSteps, 'mremap'> = {
  mmap: mmapBeforeUnmap(anonMerge),
  munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true }),
  touch,
};

export const v6_12: Release = {
  id: 'v6.12',
  covers: { first: '6.12', last: '6.14' },
  sources: [
    { ref: '550a7d60bd5e', says: 'the VMA is looked up before anything else (5.16)' },
    { ref: 'ca3d76b0aa80', says: 'growing in place may merge with the next VMA (6.0)' },
    {
      ref: '38075679b5f1',
      says: 'mremap tests one VMA for sealing; munmap gathers, clears, completes',
    },
  ],
  changes:
    'An old address that is not mapped is EFAULT before anything is unmapped; growing in place may merge.',
  kernels: ['6.12.107'],
  calls: {
    ...otherCallsOf6_12,
    mremap: [
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      newLengthNotZero,
      takeLock,
      lookupVma,
      ...only(IMPLIED, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...unmapDestination),
      ...shrinkBeforeMove,
      ...shrinkInPlace,
      lookupAgain,
      zeroLengthNeedsShared,
      withinVma,
      ...expandMerging(anonMerge),
      chooseNewAddress,
      moveCountCheck(4),
      copyVma(anonMerge),
      movePageTables,
      ...unmapSource,
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
