import type { EnumerateBounds, VmaClass } from '../../src/checker/bounds.js';
import { type Counterexample, fromEnumeration } from '../../src/checker/counterexample.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { invariantById } from '../../src/invariants/index.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { machine } from '../../src/model/plan.js';
import { traceOf } from '../../src/report/trace-of.js';
import { breachesOf, tracesIn } from '../../src/trace/read.js';
import type { BreachTrace } from '../../src/trace/trace.js';
import { release } from '../support/releases.js';

export const invariant = (id: string): Invariant => {
  const found = invariantById(id);
  if (found === undefined) throw new RangeError(`no invariant ${id}`);
  return found;
};

export const READ_ONLY: VmaClass = { kind: 'anon', prot: 'r', populated: false };
export const WRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: true };
export const MOVES = {
  flags: [['MAYMOVE', 'FIXED']],
  lengths: 'any',
  destinations: 'any',
} as const;

export const bounds = (change: Partial<EnumerateBounds> = {}): EnumerateBounds => ({
  pages: 4,
  classes: [READ_ONLY],
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [0, 8],
  mremap: MOVES,
  ...change,
});

export function enumerated(id: string, broken: string, within: EnumerateBounds): Counterexample {
  const on = machine(release(id));
  const [finding] = enumeratePart(on, within, [invariant(broken)]).findings;
  const found = finding && fromEnumeration(on, within, invariant(broken), finding);
  if (found === undefined) throw new Error(`${broken} holds on ${id}`);
  return found;
}

/** As it comes out of a file. */
export function claim(shown: Counterexample | BreachTrace): BreachTrace {
  const written = 'micro' in shown ? traceOf(shown) : shown;
  const [one] = breachesOf(tracesIn(JSON.parse(JSON.stringify(written)), 'here'));
  if (one === undefined) throw new Error('no counterexample');
  return one;
}

/**
 * A DONTUNMAP to a fixed address that leaves a charge with no VMA behind, which neither the VMAs nor
 * Committed_AS show behind the call; from v5.11 on it has one.
 */
export const chargeOfNoVma = (): BreachTrace =>
  claim(
    enumerated(
      'v5.7',
      'commit-exact',
      bounds({
        pages: 5,
        classes: [READ_ONLY, { ...READ_ONLY, prot: 'rw' }],
        limits: [12, 12],
        mremap: { ...MOVES, flags: [['MAYMOVE', 'FIXED', 'DONTUNMAP']] },
      }),
    ),
  );
