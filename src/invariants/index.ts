import { commitExact, commitExactOnError, lockedVmExact, totalVmExact } from './accounts.js';
import { anonVmaKept } from './anon-vma-kept.js';
import { dontunmapKeepsSource, unfaultedOffsetIsStart } from './dontunmap.js';
import { ineligibleAloneMoves, ineligibleFirstUntouched } from './eligibility.js';
import { errorUntouched } from './error-untouched.js';
import type { Invariant } from './invariant.js';
import { limitEnomemUntouched } from './limit-enomem-untouched.js';
import { limitHeld, mmapLimitHeld } from './limit-held.js';
import { noNeedlessEnomem } from './no-needless-enomem.js';
import { overshootAtMostOne } from './overshoot-at-most-one.js';
import { pagesPreserved } from './pages-preserved.js';
import { peakBounded } from './peak-bounded.js';
import { errnoPrecedenceStable, sealedSourceEperm } from './precedence.js';
import { precheckEnomemUntouched } from './precheck-enomem-untouched.js';
import { raceAsSequential, sysctlAsSequential } from './race-as-sequential.js';
import { raceEnomemUntouched, sysctlEnomemUntouched } from './race-enomem-untouched.js';
import { readerWithinLimit } from './reader-within-limit.js';
import {
  argumentErrorUntouched,
  destinationKeptOnError,
  epermUntouched,
} from './refused-untouched.js';
import { noNeedlessLimitRefusal, resourceLimitsHeld } from './resources.js';
import { sealedUntouched } from './sealed-untouched.js';
import { gapOppositeUntouched, multiMoveAtVmaBorders } from './several-vmas.js';
import { shrinkAlwaysPossible, tailCutAtLimit } from './shrink-always-possible.js';
import { successEffect } from './success-effect.js';
import { wellFormed } from './well-formed.js';

/** Every invariant, in the order in which the matrix lists them. */
export const invariants: readonly Invariant[] = [
  limitHeld,
  overshootAtMostOne,
  mmapLimitHeld,
  precheckEnomemUntouched,
  limitEnomemUntouched,
  errorUntouched,
  argumentErrorUntouched,
  epermUntouched,
  destinationKeptOnError,
  errnoPrecedenceStable,
  sealedSourceEperm,
  noNeedlessEnomem,
  shrinkAlwaysPossible,
  tailCutAtLimit,
  pagesPreserved,
  successEffect,
  wellFormed,
  peakBounded,
  ineligibleFirstUntouched,
  ineligibleAloneMoves,
  multiMoveAtVmaBorders,
  gapOppositeUntouched,
  dontunmapKeepsSource,
  unfaultedOffsetIsStart,
  anonVmaKept,
  sealedUntouched,
  totalVmExact,
  lockedVmExact,
  commitExact,
  commitExactOnError,
  resourceLimitsHeld,
  noNeedlessLimitRefusal,
  raceEnomemUntouched,
  raceAsSequential,
  readerWithinLimit,
  sysctlEnomemUntouched,
  sysctlAsSequential,
];

/** The invariant of this id, or undefined. */
export const invariantById = (id: string): Invariant | undefined =>
  invariants.find((invariant) => invariant.id === id);
