import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { growthCharge, growthLimits } from '../steps/limits.js';
import {
  growthAllowed,
  lookupVma,
  noHugePages,
  withinVma,
  zeroLengthNeedsShared,
} from '../steps/lookup.js';
import {
  chargeCopyUnasked,
  chooseNewAddress,
  copyVma,
  disarmCopy,
  lockCopy,
  moveDone,
  movePageTables,
  unmergeKsm,
} from '../steps/move.js';
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
import { unsealedUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v5_1: Release = {
  id: 'v5.1',
  covers: { first: '5.1', last: '5.6' },
  sources: [{ ref: 'ea2c3f6f5545', says: 'bail out earlier in mremap_to under map pressure' }],
  changes: 'A call with FIXED asks for 6 free map slots before it unmaps anything.',
  kernels: ['5.4.59'],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      dontunmapUnknown,
      fixedNeedsMaymove,
      oldAddressAligned,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, newAddressAligned, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
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
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source('rest'),
      moveDone,
    ],
  },
};
