import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { mlock, munlock } from '../steps/lock.js';
import { lookupAgain, lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import { mmapBeforeUnmap } from '../steps/mmap.js';
import {
  chargeCopy,
  chooseNewAddress,
  copyVma,
  dontunmapDropsAnonVma,
  lockCopy,
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
import { mseal, sealCheck } from '../steps/seal.js';
import { touch } from '../steps/touch.js';
import { sealedUnmap } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** mmap, munmap, mprotect and page faults, the same up to 6.15. */
export const otherCallsOf6_12: Omit<CallSteps, 'mremap'> = {
  mmap: mmapBeforeUnmap(anonMerge, sealedUnmap),
  munmap: sealedUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true }),
  touch,
  mlock: mlock(anonMerge),
  munlock: munlock(anonMerge),
  mseal: mseal(anonMerge),
};

export const v6_12: Release = {
  id: 'v6.12',
  covers: { first: '6.12', last: '6.14' },
  sources: [
    {
      ref: '38075679b5f1',
      says: 'mremap tests one VMA for sealing; munmap gathers, clears, completes',
    },
  ],
  changes:
    'Each VMA is asked whether it is sealed, right behind its lookup or when munmap() comes to it; a refusal may leave a split behind.',
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
      sealCheck,
      ...only(IMPLIED, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...sealedUnmap.destination),
      ...shrinkBeforeMove(sealedUnmap),
      ...shrinkInPlace(sealedUnmap),
      lookupAgain,
      zeroLengthNeedsShared,
      withinVma,
      ...expandMerging(anonMerge),
      chooseNewAddress,
      moveCountCheck(4),
      chargeCopy,
      copyVma(anonMerge),
      movePageTables,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...sealedUnmap.source,
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
