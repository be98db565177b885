import type { Invariant, Transition } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Machine, Plan } from '../model/plan.js';
import { type Outcome, Recorder, run, runPlan } from '../model/run.js';
import { type Env, env, type Pages } from '../model/state.js';
import { type ArgumentClass, argumentClasses, singleClasses } from './argument-classes.js';
import type { EnumerateBounds } from './bounds.js';
import { callsOf } from './calls.js';
import { addressSpaces, frameTokens } from './spaces.js';
import { addWork, scopeOf, type Work, WorkTally } from './tally.js';

/** A call that breaks an invariant, by its place in the enumeration. */
export interface Witness {
  /** Index in `addressSpaces(bounds)`. */
  readonly space: number;
  /** Index in `callsOf(bounds)`, or in the combinations of a race. */
  readonly call: number;
  readonly limit: number;
  /** Which points of failure fail, numbered as the call meets them. */
  readonly failing: readonly number[];
  /** map_count is above the limit already, which takes a lowered sysctl. */
  readonly aboveLimit: boolean;
}

/** What a search says of one invariant. */
export interface Finding {
  readonly invariant: string;
  /** Transitions that the invariant is about. */
  readonly applied: number;
  readonly broken: number;
  /** The smallest, at most one an address space, best first. */
  readonly witnesses: readonly Witness[];
}

export interface Enumeration {
  readonly work: Work;
  readonly findings: readonly Finding[];
}

/** Witnesses kept for an invariant: some address spaces have no history, so that the smallest may be of no use. */
const KEPT = 24;

/** In the order of the first numbers that differ; of equally many. */
function byNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}

/** Smaller is better. */
export const byRank = (a: Witness, b: Witness): number =>
  Number(a.aboveLimit) - Number(b.aboveLimit) ||
  a.failing.length - b.failing.length ||
  a.space - b.space ||
  a.call - b.call ||
  a.limit - b.limit ||
  byNumbers(a.failing, b.failing);

/** The best of them, one an address space. */
function best(witnesses: readonly Witness[]): Witness[] {
  const kept: Witness[] = [];
  for (const witness of [...witnesses].sort(byRank)) {
    if (!kept.some((other) => other.space === witness.space)) kept.push(witness);
    if (kept.length === KEPT) break;
  }
  return kept;
}

/** What a search has found of an invariant so far. */
export class FindingTally {
  applied = 0;
  broken = 0;
  private witnesses: Witness[] = [];
  /** Beyond this place in the ranking nothing is kept. */
  private worst: Witness | undefined;

  constructor(readonly invariant: Invariant) {}

  /** @param times how many calls the witness stands for */
  break(witness: Witness, times: number): void {
    this.broken += times;
    if (this.worst !== undefined && byRank(witness, this.worst) >= 0) return;
    this.witnesses.push(witness);
    if (this.witnesses.length >= 4 * KEPT) {
      this.witnesses = best(this.witnesses);
      this.worst = this.witnesses.length === KEPT ? this.witnesses[KEPT - 1] : undefined;
    }
  }

  total(): Finding {
    const { applied, broken } = this;
    return { invariant: this.invariant.id, applied, broken, witnesses: best(this.witnesses) };
  }
}

/** Which piece of a search to do, and how. The reductions change no count, verdict or witness. */
export interface SearchOptions {
  /** This piece of the work, 0 to `parts` - 1. */
  readonly part?: number;
  readonly parts?: number;
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
  /** Execute a call once for all limits under which its checks of map_count answer alike; off executes it under each. */
  readonly limitRanges?: boolean;
}

/** Calls of which a recorder knows under what other limits they would end alike. */
const recordsLimits = ({ call }: Call): boolean => call === 'mremap' || call === 'munmap';

/** Each limit of the bounds, least first. */
export const limitsOf = ({ limits: [least, greatest], pages, resources }: EnumerateBounds): Env[] =>
  Array.from({ length: greatest - least + 1 }, (_, i) => env(least + i, pages, resources));

/** A call in one address space, to be made under every limit. */
interface Case {
  readonly space: number;
  readonly before: Vmas;
  readonly pages: Pages;
  readonly call: ArgumentClass<Call>;
}

/** Everything of one run of `enumeratePart`. */
class Search {
  readonly work: WorkTally;
  readonly tallies: readonly FindingTally[];
  private readonly limits: readonly Env[];
  private readonly recorder = new Recorder();
  private readonly failures: number;

  constructor(
    private readonly on: Machine,
    bounds: EnumerateBounds,
    invariants: readonly Invariant[],
    private readonly limitRanges: boolean,
  ) {
    this.work = new WorkTally(on);
    this.failures = bounds.failures ?? 0;
    this.tallies = invariants.map((invariant) => new FindingTally(invariant));
    this.limits = limitsOf(bounds);
  }

  /** Under each limit, executed anew where a check of map_count may answer differently. */
  make(one: Case): void {
    if (this.failures > 0) {
      for (let i = 0; i < this.limits.length; i++) this.makeFailing(one, i, []);
      return;
    }
    const { before, pages, call } = one;
    const { limits, recorder } = this;
    const ranged = this.limitRanges && recordsLimits(call.call);
    const plan = call.plans[0] as Plan;
    for (let i = 0; i < limits.length; ) {
      recorder.clear();
      const outcome = runPlan(plan, limits[i] as Env, before, pages, call.call, recorder);
      const first = i++;
      if (ranged) {
        while (i < limits.length && (limits[i] as Env).maxMapCount <= recorder.to) i++;
      }
      this.work.add(outcome, recorder, before.length, call.size * (i - first));
      this.judge(one, outcome, first, i, []);
    }
  }

  /** Under one limit, with these points of failure and then with each further one that the call meets. */
  private makeFailing(one: Case, limit: number, failing: readonly number[]): void {
    const { recorder } = this;
    recorder.clear();
    const { before, pages, call } = one;
    const limits = this.limits[limit] as Env;
    const outcome = run(this.on, limits, before, pages, call.call, recorder, undefined, failing);
    this.work.add(outcome, recorder, before.length, call.size);
    this.judge(one, outcome, limit, limit + 1, failing);
    if (failing.length === this.failures) return;
    const { points } = recorder;
    for (let next = (failing.at(-1) ?? -1) + 1; next < points; next++) {
      this.makeFailing(one, limit, [...failing, next]);
    }
  }

  /** One outcome under the limits from `first` up to `after`. */
  private judge(
    one: Case,
    outcome: Outcome,
    first: number,
    after: number,
    failing: readonly number[],
  ): void {
    const { on, limits } = this;
    const { before, pages, call } = one;
    let transition = { on, env: limits[first] as Env, before, pages, call: call.call, outcome };
    for (let k = 0; k < this.tallies.length; k++) {
      const tally = this.tallies[k] as FindingTally;
      if (tally.invariant.looksAtLimit !== true) {
        this.judgeOne(
          tally,
          transition,
          one,
          after - first,
          this.plainest(one, first, after),
          failing,
        );
      }
    }
    for (let i = first; i < after; i++) {
      transition = { on, env: limits[i] as Env, before, pages, call: call.call, outcome };
      for (let k = 0; k < this.tallies.length; k++) {
        const tally = this.tallies[k] as FindingTally;
        if (tally.invariant.looksAtLimit === true) {
          this.judgeOne(tally, transition, one, 1, i, failing);
        }
      }
    }
  }

  /** The limit that the best witness has: the least that map_count is not yet above, if there is one. */
  private plainest({ before }: Case, first: number, after: number): number {
    const least = (this.limits[0] as Env).maxMapCount;
    const wanted = before.length - least;
    return wanted > first && wanted < after ? wanted : first;
  }

  private judgeOne(
    tally: FindingTally,
    transition: Transition,
    { space, before, call }: Case,
    times: number,
    limitIndex: number,
    failing: readonly number[],
  ): void {
    if (!tally.invariant.applies(transition)) return;
    tally.applied += call.size * times;
    if (tally.invariant.holds(transition)) return;
    const limit = (this.limits[limitIndex] as Env).maxMapCount;
    const aboveLimit = before.length > limit;
    tally.break({ space, call: call.index, limit, failing, aboveLimit }, call.size * times);
  }
}

/**
 * Makes every call of the bounds in every `parts`-th address space, from the one numbered `part` on,
 * under every limit.
 */
export function enumeratePart(
  on: Machine,
  bounds: EnumerateBounds,
  invariants: readonly Invariant[],
  { part = 0, parts = 1, argumentClasses: reduce = true, limitRanges = true }: SearchOptions = {},
): Enumeration {
  const spaces = addressSpaces(bounds);
  const calls = callsOf(bounds);
  const classes = reduce ? argumentClasses([on], calls, bounds) : singleClasses([on], calls);
  const search = new Search(on, bounds, invariants, limitRanges);
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces[space] as Vmas;
    const pages = frameTokens(before, bounds.pages);
    search.work.spaces++;
    for (const call of classes) search.make({ space, before, pages, call });
  }
  const findings = search.tallies.map((tally) => tally.total());
  return { work: search.work.total(scopeOf(bounds)), findings };
}

/** Parts put together; the order does not matter. */
export function addEnumerations(a: Enumeration, b: Enumeration): Enumeration {
  return { work: addWork(a.work, b.work), findings: addFindings(a.findings, b.findings) };
}

/** Findings of two parts of a search; the invariants are the same. */
export const addFindings = (a: readonly Finding[], b: readonly Finding[]): Finding[] =>
  a.map((finding, i) => {
    const other = b[i];
    if (other?.invariant !== finding.invariant) throw new Error('parts of different searches');
    return {
      invariant: finding.invariant,
      applied: finding.applied + other.applied,
      broken: finding.broken + other.broken,
      witnesses: best([...finding.witnesses, ...other.witnesses]),
    };
  });
