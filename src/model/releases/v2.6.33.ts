import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only } from '../step.js';
import { moveCountCheck } from '../steps/counts.js';
import { lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import { mmapAfterUnmap } from '../steps/mmap.js';
import { chooseNewAddress, copyVma, moveDone, movePageTables } from '../steps/move.js';
import { mprotect } from '../steps/mprotect.js';
import {
  destinationInTask,
  dontunmapUnknown,
  fixedNeedsMaymove,
  newLengthNotZero,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { touch } from '../steps/touch.js';
import { munmap, unmapDestination, unmapSource } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

/** mmap, munmap, mprotect and page faults, the same up to 6.6. */
export const otherCallsOf2_6_33: Omit<CallSteps, 'mremap'> = {
  mmap: mmapAfterUnmap(anonMerge),
  munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: false }),
  touch,
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
  kernels: [],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      dontunmapUnknown,
      fixedNeedsMaymove,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, destinationInTask, rangesDisjoint),
      ...only(FIXED_GIVEN, ...unmapDestination),
      ...shrinkBeforeMove,
      ...shrinkInPlace,
      lookupVma,
      zeroLengthNeedsShared,
      withinVma,
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      copyVma(anonMerge),
      movePageTables,
      ...unmapSource,
      moveDone,
    ],
  },
};
