import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { moveCountCheck } from '../steps/counts.js';
import { growthCharge, growthLimits } from '../steps/limits.js';
import { mlock, munlock } from '../steps/lock.js';
import {
  growthAllowed,
  lookupVma,
  noHugePages,
  withinVma,
  zeroLengthNeedsShared,
} from '../steps/lookup.js';
import { mmapAfterUnmap } from '../steps/mmap.js';
import {
  chargeCopyUnasked,
  chooseNewAddress,
  copyVma,
  lockCopy,
  moveDone,
  movePageTables,
  unmergeKsm,
} from '../steps/move.js';
import { mprotect } from '../steps/mprotect.js';
import {
  destinationInTask,
  dontunmapUnknown,
  fixedNeedsMaymove,
  newAddressAligned,
  newLengthNotZero,
  oldAddressAligned,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { noMseal } from '../steps/seal.js';
import { touch } from '../steps/touch.js';
import { uffd } from '../steps/uffd.js';
import { unsealedUnmap } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** The calls beside mremap(), and page faults, the same up to 6.6. */
export const otherCallsOf2_6_33: Omit<CallSteps, 'mremap'> = {
  mmap: mmapAfterUnmap(anonMerge, unsealedUnmap),
  munmap: unsealedUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: false }),
  touch,
  mlock: mlock(anonMerge),
  munlock: munlock(anonMerge),
  mseal: noMseal,
  uffd: uffd(anonMerge),
};

export const v2_6_33: Release = {
  id: 'v2.6.33',
  covers: { first: '2.6.33', last: '5.0' },
  sources: [
    {
      ref: '659ace584e7a',
      says: 'munmap asks for a map slot only where the count rises in the end',
    },
    { ref: 'ecc1a8993751', says: 'the FIXED path becomes mremap_to()' },
  ],
  changes:
    'A move asks for 4 free map slots, after the destination and the tail of the source are unmapped.',
  kernels: ['4.19.1'],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      dontunmapUnknown,
      fixedNeedsMaymove,
      oldAddressAligned,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, newAddressAligned, destinationInTask, rangesDisjoint),
      ...only(FIXED_GIVEN, ...unsealedUnmap.destination),
      ...shrinkBeforeMove(unsealedUnmap),
      ...shrinkInPlace(unsealedUnmap),
      lookupVma,
      zeroLengthNeedsShared,
      noHugePages,
      withinVma,
      ...only(GROWING, growthAllowed, ...growthLimits, growthCharge),
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      unmergeKsm,
      chargeCopyUnasked,
      copyVma(anonMerge),
      movePageTables,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source('rest'),
      moveDone,
    ],
  },
};
