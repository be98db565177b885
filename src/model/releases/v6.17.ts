import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, inKernel, only } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAnonVma } from '../steps/dontunmap.js';
import { dontunmapLimit } from '../steps/limits.js';
import { mlock, munlock } from '../steps/lock.js';
import { eachVma, lookupAgain, nextVma } from '../steps/lookup.js';
import { mmapBeforeUnmap } from '../steps/mmap.js';
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
import { mprotect } from '../steps/mprotect.js';
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
import { touch } from '../steps/touch.js';
import { uffd } from '../steps/uffd.js';
import { sealedUnmap } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'either-way';

/** The calls beside mremap(), and page faults. Faulted and unfaulted merge either way since 6.16 (879bca0a2c4f). */
export const otherCallsOf6_17: Omit<CallSteps, 'mremap'> = {
  mmap: mmapBeforeUnmap(anonMerge, sealedUnmap, true),
  munmap: sealedUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true }),
  touch,
  mlock: mlock(anonMerge),
  munlock: munlock(anonMerge),
  mseal: mseal(anonMerge),
  uffd: uffd(anonMerge),
};

export const v6_17: Release = {
  id: 'v6.17',
  covers: { first: '6.17', last: '6.18.7' },
  sources: [
    { ref: 'd23cb648e365', says: 'FIXED with equal lengths moves every VMA of the range' },
    { ref: '7c91e0b91aaa', says: 'thp_get_unmapped_area may take part' },
    {
      ref: 'd5f416c7c364',
      says: 'a first VMA that may not move with others refuses the whole call',
    },
    { ref: '78d2d32f0b78', says: 'the new address is checked only where it counts' },
    { ref: '0e59f47c15ce', says: 'DONTUNMAP keeps VM_ACCOUNT on the source, from 6.17.6 on' },
  ],
  changes:
    'The VMA is checked before anything is unmapped; FIXED with equal lengths moves several VMAs, and may stop between two.',
  kernels: ['6.17.13'],
  calls: {
    ...otherCallsOf6_17,
    mseal: mseal(anonMerge, true),
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
        ...inKernel('check_mremap_params', earlyCountCheck(6)),
      ),
      takeLock,
      ...eachVma,
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
      ...dontunmapDropsAnonVma,
      ...nextVma,
      moveDone,
    ],
  },
};
