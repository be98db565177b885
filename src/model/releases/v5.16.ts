import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { FIXED_GIVEN, IMPLIED, only, UNMAPS_SOURCE } from '../step.js';
import { earlyCountCheck, moveCountCheck } from '../steps/counts.js';
import { lookupAgain, lookupVma, withinVma, zeroLengthNeedsShared } from '../steps/lookup.js';
import {
  chargeCopy,
  chooseNewAddress,
  copyVma,
  dontunmapDropsAnonVma,
  lockCopy,
  moveDone,
  movePageTables,
} from '../steps/move.js';
import {
  destinationInTask,
  dontunmapKeepsLength,
  dontunmapNeedsMaymove,
  fixedNeedsMaymove,
  newLengthNotZero,
  rangesDisjoint,
  takeLock,
} from '../steps/parameters.js';
import { expandAlone, shrinkBeforeMove, shrinkInPlace } from '../steps/resize.js';
import { unsealedUnmap } from '../steps/unmap.js';
import { otherCallsOf2_6_33 } from './v2.6.33.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

export const v5_16: Release = {
  id: 'v5.16',
  covers: { first: '5.16', last: '5.19' },
  sources: [
    {
      ref: '550a7d60bd5e',
      says: 'hugetlb VMAs may move: the VMA is looked up before anything else',
    },
    { ref: 'fdbef6149135', says: 'the charge is taken by move_vma() (5.14)' },
  ],
  changes: 'An old address that is not mapped is EFAULT before anything is unmapped.',
  kernels: [],
  calls: {
    ...otherCallsOf2_6_33,
    mremap: [
      fixedNeedsMaymove,
      dontunmapNeedsMaymove,
      dontunmapKeepsLength,
      newLengthNotZero,
      takeLock,
      lookupVma,
      ...only(IMPLIED, destinationInTask, rangesDisjoint, earlyCountCheck(6)),
      ...only(FIXED_GIVEN, ...unsealedUnmap.destination),
      ...shrinkBeforeMove(unsealedUnmap),
      ...shrinkInPlace(unsealedUnmap),
      lookupAgain,
      zeroLengthNeedsShared,
      withinVma,
      ...expandAlone,
      chooseNewAddress,
      moveCountCheck(4),
      chargeCopy,
      copyVma(anonMerge),
      movePageTables,
      ...only(UNMAPS_SOURCE, lockCopy),
      ...unsealedUnmap.source,
      ...dontunmapDropsAnonVma,
      moveDone,
    ],
  },
};
