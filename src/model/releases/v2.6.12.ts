import type { AnonMergeRule } from '../merge.js';
import type { CallSteps, Release } from '../release.js';
import { FIXED_GIVEN, GROWING, only, UNMAPS_SOURCE } from '../step.js';
import { moveCountCheck } from '../steps/counts.js';
import { growthCharge, growthLimits } from '../steps/limits.js';
import { mlock, munlock } from '../steps/lock.js';
import { growthAllowed, lookupVma, noHugePages, withinVma } from '../steps/lookup.js';
import { mmapAfterUnmap } from '../steps/mmap.js';
import {
  chargeCopyUnasked,
  chooseNewAddress,
  copyVma,
  lockCopy,
  moveDone,
  movePageTablesOf2_6_12,
} from '../steps/move.js';
import { mprotect } from '../steps/mprotect.js';
import {
  destinationInTask,
  dontunmapUnknown,
  fixedNeedsMaymove,
  newAddressAligned,
  newLengthNotZero,
  oldAddressAligned,
  rangesDisjointOf2_6_12,
  takeLock,
} from '../steps/parameters.js';
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { noMseal } from '../steps/seal.js';
import { touch } from '../steps/touch.js';
import { noUserfaultfd } from '../steps/uffd.js';
import { checkedUnmap } from '../steps/unmap.js';

const anonMerge: AnonMergeRule = 'either-way';

/** The calls beside mremap(), and page faults; a chain of anon_vmas, and with it the asymmetric merge rule, came later. */
const otherCallsOf2_6_12: Omit<CallSteps, 'mremap'> = {
  mmap: mmapAfterUnmap(anonMerge, checkedUnmap, true),
  munmap: checkedUnmap.munmap,
  mprotect: mprotect({ anonMerge, readOnlyUnaccounts: false }),
  touch,
  mlock: mlock(anonMerge),
  munlock: munlock(anonMerge),
  mseal: noMseal,
  uffd: noUserfaultfd,
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
      takeLock,
      dontunmapUnknown,
      oldAddressAligned,
      newLengthNotZero,
      ...only(
        FIXED_GIVEN,
        newAddressAligned,
        fixedNeedsMaymove,
        destinationInTask,
        rangesDisjointOf2_6_12,
      ),
      ...only(FIXED_GIVEN, ...checkedUnmap.destination),
      ...shrinkBeforeMove(checkedUnmap),
      ...shrinkInPlace(checkedUnmap),
      lookupVma,
      noHugePages,
      withinVma,
      growthAllowed,
      ...growthLimits,
      ...only(GROWING, growthCharge),
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      chargeCopyUnasked,
      copyVma(anonMerge, { dropsAnonVma: true }),
      movePageTablesOf2_6_12,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...checkedUnmap.source('rest'),
      moveDone,
    ],
  },
};
