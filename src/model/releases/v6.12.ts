import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapDropsAnonVma } from '../steps/dontunmap.js';
import { dontunmapLimit, growthLimits } from '../steps/limits.js';
import { mlock, munlock } from '../steps/lock.js';
import {
  dontunmapNotSpecial,
  growthAllowed,
  lookupAgain,
  lookupVma,
  wholeHugePages,
  withinVma,
  zeroLengthNeedsShared,
} from '../steps/lookup.js';
import { mmapBeforeUnmap } from '../steps/mmap.js';
import {
  askMaySplit,
  chargeCopy,
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
  dontunmapKeepsLength,
  dontunmapNeedsMaymove,
  fixedNeedsMaymove,
  flagsKnown,
  newAddressAligned,
  newLengthNotZero,
  oldAddressAligned,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandMerging, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { mseal, sealCheck } from '../steps/seal.js';
import { touch } from '../steps/touch.js';
import { uffd } from '../steps/uffd.js';
import { sealedUnmap } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** The calls beside mremap(), and page faults, the same up to 6.15. */
export const otherCallsOf6_12: Omit<CallSteps, 'mremap'> = {
  mmap: mmapBeforeUnmap(anonMerge, sealedUnmap, true),
  munmap: sealedUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true }),
  touch,
  mlock: mlock(anonMerge),
  munlock: munlock(anonMerge),
  mseal: mseal(anonMerge),
  uffd: uffd(anonMerge),
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
  kernels: ['6.12.107', '6.12.113'],
  calls: {
    ...otherCallsOf6_12,
    mremap: [
      flagsKnown,
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      oldAddressAligned,
      newLengthNotZero,
      takeLock,
      lookupVma,
      sealCheck,
      wholeHugePages,
      ...only(IMPLIED, newAddressAligned, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...sealedUnmap.destination),
      ...shrinkBeforeMove(sealedUnmap),
      ...shrinkInPlace(sealedUnmap),
      lookupAgain,
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
      chargeCopy,
      copyVma(anonMerge),
      movePageTablesKeepingCharge,
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...sealedUnmap.source('old-length'),
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
