import { Errno, type ErrnoName } from '../model/errno.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine, Plan } from '../model/plan.js';
import type { Recorder } from '../model/recorder.js';
import { CALL_NAMES, type CallName } from '../model/release.js';
import { type Cause, causeOf, type Step } from '../model/step.js';
import { Kind } from '../model/vma.js';
import type { EnumerateBounds } from './bounds.js';
import { callNames } from './calls.js';

/** How often something happened, by name. */
export type Counts = Readonly<Record<string, number>>;

/** Adds the counts up. */
function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** What a search did: how often each step ran, and each result was met. */
export interface Work {
  /** Address spaces (enumerate), or states (reach). */
  readonly spaces: number;
  /** Calls made, each in one address space under one limit. */
  readonly transitions: number;
  /** How often each step ran, and how often it ended the call with an errno. */
  readonly steps: Counts;
  readonly refusals: Counts;
  /** `ok`, and each errno with which a step of the calls can end one. */
  readonly results: Counts;
  /** Highest rise of map_count under the lock. */
  readonly peak: number;
}

function add(counts: Float64Array, index: number, times: number): void {
  counts[index] = (counts[index] as number) + times;
}

/** What a search tried, so that a step that had no cause to refuse is not reproached with it. */
export interface Scope {
  readonly calls: readonly string[];
  readonly causes: ReadonlySet<Cause>;
}

/** The bounds that causes are found in. */
export type CauseBounds = Pick<EnumerateBounds, 'classes' | 'resources' | 'failures'> & {
  readonly calls?: readonly CallName[] | undefined;
};

/** The scope of a search. */
export function scopeOf(bounds: CauseBounds): Scope {
  return {
    calls: callNames(bounds),
    causes: causesOf(bounds),
  };
}

/** What steps may have to refuse for. */
export function causesOf({
  classes,
  resources = {},
  calls,
  failures = 0,
}: CauseBounds): Set<Cause> {
  const causes = new Set<Cause>(Object.keys(resources) as Cause[]);
  const makes = callNames({ calls });
  if (classes.some(({ kind }) => kind === 'hugetlb')) causes.add('huge pages');
  if (classes.some(({ kind }) => Kind[kind] >= Kind.special)) causes.add('special mappings');
  if (makes.includes('mseal') || classes.some((c) => c.sealed)) causes.add('sealed mappings');
  if (makes.includes('mlock') || classes.some((c) => c.locked)) causes.add('locked mappings');
  if (makes.includes('uffd') || classes.some((c) => c.armed)) causes.add('userfaultfd');
  if (failures > 0) causes.add('failures');
  return causes;
}

function canRefuse(step: Step, causes: ReadonlySet<Cause>): boolean {
  const cause = causeOf(step);
  return cause === undefined || causes.has(cause);
}

/** Every errno that the steps of some calls can end with, in the order of their numbers. */
function errnosOf({ release }: Machine, { calls, causes }: Scope): ErrnoName[] {
  const steps = CALL_NAMES.flatMap((call) => (calls.includes(call) ? release.calls[call] : []));
  const names = new Set(
    steps.flatMap((step) => [
      ...(canRefuse(step, causes) ? (step.errnos ?? []) : []),
      ...(causes.has('failures') ? (step.mayFail ?? []).map(({ errno }) => errno) : []),
    ]),
  );
  return [...names].sort((a, b) => Errno[a] - Errno[b]);
}

/** Counts while a search runs. */
export class WorkTally {
  transitions = 0;
  spaces = 0;
  peak = 0;
  private readonly steps: Float64Array;
  /** By plan: how often each of its places was where a call ended or, of one with a loop, was passed. */
  private readonly places: { readonly plan: Plan; readonly times: Float64Array }[] = [];
  private readonly refusals: Float64Array;
  private readonly results = new Float64Array(256);

  constructor(private readonly on: Machine) {
    this.steps = new Float64Array(on.steps.length);
    this.refusals = new Float64Array(on.steps.length);
  }

  /** @param times how many calls ended as the one recorded last */
  add(
    outcome: Outcome,
    { plan, at, places, count }: Recorder,
    countBefore: number,
    times = 1,
  ): void {
    if (plan === undefined) throw new Error('nothing was recorded');
    this.ended(outcome.result, outcome.stepNumber, outcome.peak - countBefore, times);
    const passed = this.passedOf(plan);
    if (plan.loops) for (let i = 0; i < count; i++) add(passed, places[i] as number, times);
    else add(passed, at, times);
  }

  /** Calls that ended at a place of their plan, without having gone back in it. */
  addAt(plan: Plan, at: number, result: number, rise: number, times: number): void {
    this.ended(result, plan.numbers[at] as number, rise, times);
    const passed = this.passedOf(plan);
    for (let place = plan.loops ? 0 : at; place <= at; place++) add(passed, place, times);
  }

  /** map_count rose by so much under the lock. */
  rose(by: number): void {
    if (by > this.peak) this.peak = by;
  }

  private passedOf(plan: Plan): Float64Array {
    this.places[plan.id] ??= { plan, times: new Float64Array(plan.steps.length) };
    return (this.places[plan.id] as { readonly times: Float64Array }).times;
  }

  /** A call that ran these steps, by their numbers in `Machine.steps`. */
  addSteps(outcome: Outcome, steps: readonly number[], countBefore: number): void {
    this.ended(outcome.result, outcome.stepNumber, outcome.peak - countBefore, 1);
    for (const number of steps) add(this.steps, number, 1);
  }

  private ended(result: number, stepNumber: number, rise: number, times: number): void {
    this.transitions += times;
    add(this.results, result < 0 ? -result : 0, times);
    if (result < 0) add(this.refusals, stepNumber, times);
    this.rose(rise);
  }

  /** How often each step ran, by its number in `Machine.steps`. */
  private stepCounts(): Float64Array {
    const counts = this.steps.slice();
    for (const { plan, times } of Object.values(this.places)) {
      let passed = 0;
      // Without a loop, whatever ended behind a place has passed it.
      for (let place = plan.steps.length - 1; place >= 0; place--) {
        passed = (times[place] as number) + (plan.loops ? 0 : passed);
        add(counts, plan.numbers[place] as number, passed);
        for (const number of plan.leftOut[place] as readonly number[]) add(counts, number, passed);
      }
    }
    return counts;
  }

  /** The steps of the calls made are listed even if they never ran. */
  total(scope: Scope): Work {
    const counts = this.stepCounts();
    const steps: Record<string, number> = {};
    const refusals: Record<string, number> = {};
    let at = 0;
    for (const call of CALL_NAMES) {
      for (const step of this.on.release.calls[call]) {
        const { name, errnos } = step;
        const number = at++;
        if (!scope.calls.includes(call)) continue;
        steps[name] = (steps[name] ?? 0) + (counts[number] as number);
        if (errnos === undefined || !canRefuse(step, scope.causes)) continue;
        refusals[name] = (refusals[name] ?? 0) + (this.refusals[number] as number);
      }
    }
    const results: Record<string, number> = { ok: this.results[0] as number };
    for (const errno of errnosOf(this.on, scope)) {
      results[errno] = this.results[Errno[errno]] as number;
    }
    const { spaces, transitions, peak } = this;
    return { spaces, transitions, steps, refusals, results, peak };
  }
}

export const addWork = (a: Work, b: Work): Work => ({
  spaces: a.spaces + b.spaces,
  transitions: a.transitions + b.transitions,
  steps: addCounts(a.steps, b.steps),
  refusals: addCounts(a.refusals, b.refusals),
  results: addCounts(a.results, b.results),
  peak: Math.max(a.peak, b.peak),
});
