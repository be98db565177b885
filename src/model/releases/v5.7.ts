import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { DONTUNMAP_GIVEN, FIXED_GIVEN, GROWING, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { dontunmapAccountsNext } from '../steps/dontunmap.js';
import { dontunmapLimit, growthCharge, growthLimits } from '../steps/limits.js';
import {
  dontunmapAnonymousOnly,
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
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { unsealedUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v5_7: Release = {
  id: 'v5.7',
  covers: { first: '5.7', last: '5.10' },
  sources: [{ ref: 'e346b3813067', says: 'add MREMAP_DONTUNMAP to mremap()' }],
  changes: 'DONTUNMAP leaves the source mapped and empty; private anonymous VMAs only.',
  kernels: ['5.10.223', '5.10.262'],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      flagsKnown,
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      oldAddressAligned,
      newLengthNotZero,
      takeLock,
      ...only(IMPLIED, newAddressAligned, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...unsealedUnmap.destination),
      ...shrinkBeforeMove(unsealedUnmap),
      ...shrinkInPlace(unsealedUnmap),
      lookupVma,
      zeroLengthNeedsShared,
      ...only(DONTUNMAP_GIVEN, dontunmapAnonymousOnly),
      noHugePages,
      withinVma,
      ...only(GROWING, growthAllowed, ...growthLimits, growthCharge),
      ...expandAlone,
      ...dontunmapLimit,
      chooseNewAddress,
      moveCountCheck(4),
      unmergeKsm,
      chargeCopyUnasked,
      copyVma(anonMerge),
      movePageTables,
      disarmCopy,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source('rest'),
      ...dontunmapAccountsNext,
      moveDone,
    ],
  },
};
