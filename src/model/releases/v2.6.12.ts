import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { moveCountCheck } from '../steps/counts.js';
import { mlock, munlock } from '../steps/lock.js';
import { lookupVma, withinVma } from '../steps/lookup.js';
import { mmapAfterUnmap } from '../steps/mmap.js';
import {
  chargeCopy,
  chooseNewAddress,
  copyVma,
  lockCopy,
  moveDone,
  movePageTables,
} from '../steps/move.js';
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
import { noMseal } from '../steps/seal.js';
import { touch } from '../steps/touch.js';
import { checkedUnmap } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'either-way';

/** mmap, munmap, mprotect, page faults; a chain of anon_vmas, and with it the asymmetric merge rule, came later. */
const otherCallsOf2_6_12: Omit<CallSteps, 'mremap'> = {
  mmap: mmapAfterUnmap(anonMerge, checkedUnmap),
  munmap: checkedUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: false }),
  touch,
  mlock: mlock(anonMerge),
  munlock: munlock(anonMerge),
  mseal: noMseal,
};

export const v2_6_12: Release = {
  id: 'v2.6.12',
  covers: { first: '2.6.12', last: '2.6.32' },
  sources: [{ ref: '1da177e4c3f4', says: 'the tree of 2.6.12-rc2' }],
  changes:
    'The oldest modelled: munmap() asks for a map slot at each split, also where the count does not rise in the end.',
  kernels: [],
  calls: {
    ...otherCallsOf2_6_12,
    mremap: [
      dontunmapUnknown,
      fixedNeedsMaymove,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, destinationInTask, rangesDisjoint),
      ...only(FIXED_GIVEN, ...checkedUnmap.destination),
      ...shrinkBeforeMove(checkedUnmap),
      ...shrinkInPlace(checkedUnmap),
      lookupVma,
      withinVma,
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      chargeCopy,
      copyVma(anonMerge),
      movePageTables,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...checkedUnmap.source,
      moveDone,
    ],
  },
};
