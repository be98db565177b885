import { commitExact, lockedVmExact, totalVmExact } from './accounts.js';
import { ineligibleAloneMoves, ineligibleFirstUntouched } from './eligibility.js';
import { errorUntouched } from './error-untouched.js';
import type { Invariant } from './invariant.js';
import { limitEnomemUntouched } from './limit-enomem-untouched.js';
import { limitHeld } from './limit-held.js';
import { noNeedlessEnomem } from './no-needless-enomem.js';
import { overshootAtMostOne } from './overshoot-at-most-one.js';
import { pagesPreserved } from './pages-preserved.js';
import { peakBounded } from './peak-bounded.js';
import { precheckEnomemUntouched } from './precheck-enomem-untouched.js';
import { raceAsSequential, sysctlAsSequential } from './race-as-sequential.js';
import { raceEnomemUntouched, sysctlEnomemUntouched } from './race-enomem-untouched.js';
import { readerWithinLimit } from './reader-within-limit.js';
import { sealedUntouched } from './sealed-untouched.js';
import { shrinkAlwaysPossible } from './shrink-always-possible.js';
import { wellFormed } from './well-formed.js';

/** Every invariant, in the order in which the matrix lists them. */
export const invariants: readonly Invariant[] = [
  limitHeld,
  overshootAtMostOne,
  precheckEnomemUntouched,
  limitEnomemUntouched,
  errorUntouched,
  noNeedlessEnomem,
  shrinkAlwaysPossible,
  pagesPreserved,
  wellFormed,
  peakBounded,
  ineligibleFirstUntouched,
  ineligibleAloneMoves,
  sealedUntouched,
  totalVmExact,
  lockedVmExact,
  commitExact,
  raceEnomemUntouched,
  raceAsSequential,
  readerWithinLimit,
  sysctlEnomemUntouched,
  sysctlAsSequential,
];

export const invariantById = (id: string): Invariant | undefined =>
  invariants.find((invariant) => invariant.id === id);
