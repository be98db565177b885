import type { Invariant, Transition } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Branch } from '../model/choices.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine, Plan } from '../model/plan.js';
import { Recorder } from '../model/recorder.js';
import { refusedAtSight, run, runBranch, runPlan, runUnfailing } from '../model/run.js';
import { type Env, env, type Pages } from '../model/state.js';
import type { ArgumentClass } from './argument-classes.js';
import type { EnumerateBounds } from './bounds.js';
import { type CallGroup, callGroups } from './call-groups.js';
import { checkBounds, checkPart } from './check-bounds.js';
import { addFindings, type Finding, FindingTally } from './findings.js';
import { addressSpaces } from './spaces.js';
import { addWork, causesOf, scopeOf, type Work, WorkTally } from './tally.js';

/** What an enumeration has found, a finding for each invariant in the order given. */
export interface Enumeration {
  readonly work: Work;
  readonly findings: readonly Finding[];
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
  /** Where something may fail, go on from there; off makes each call from its beginning. Of an enumeration alone. */
  readonly branches?: boolean;
}

/** Calls of which a recorder knows under what other limits they would end alike. */
export const recordsLimits = ({ call }: Call): boolean => call === 'mremap' || call === 'munmap';

/** Each limit of the bounds, least first. */
export const limitsOf = ({ limits: [least, greatest], pages, resources }: EnumerateBounds): Env[] =>
  Array.from({ length: greatest - least + 1 }, (_, i) => env(least + i, pages, resources));

/** An address space in which calls are made. */
interface Place {
  readonly space: number;
  readonly before: Vmas;
  readonly pages: Pages;
}

/** Limits, from the one of index `first` up to that of index `after`, under which calls that begin alike do so alike. */
interface LimitRange {
  readonly first: number;
  readonly after: number;
  /** Set where the first steps, which only look, refuse. */
  readonly refused: Outcome | undefined;
}

/** Invariants, by how often one outcome under several limits is to be judged. */
interface Judges {
  readonly once: readonly FindingTally[];
  readonly eachLimit: readonly FindingTally[];
}

const judgesOf = (tallies: readonly FindingTally[]): Judges => ({
  once: tallies.filter(({ invariant }) => invariant.looksAtLimit !== true),
  eachLimit: tallies.filter(({ invariant }) => invariant.looksAtLimit === true),
});

/** Everything of one run of `enumeratePart`. */
class Search {
  readonly work: WorkTally;
  readonly tallies: readonly FindingTally[];
  private readonly limits: readonly Env[];
  private readonly recorder = new Recorder();
  private readonly failures: number;
  /** The invariants that are judged of each call that is refused at sight. */
  private readonly ofArguments: Judges;
  /** Those that are judged of one for all. */
  private readonly ofFlags: Judges;
  private readonly all: Judges;

  constructor(
    private readonly on: Machine,
    bounds: EnumerateBounds,
    invariants: readonly Invariant[],
    private readonly limitRanges: boolean,
    private readonly branches: boolean,
  ) {
    this.work = new WorkTally(on);
    this.failures = bounds.failures ?? 0;
    this.tallies = invariants.map((invariant) => new FindingTally(invariant));
    const looking = ({ invariant }: FindingTally): boolean => invariant.looksAtArguments === true;
    this.ofArguments = judgesOf(this.tallies.filter(looking));
    this.ofFlags = judgesOf(this.tallies.filter((tally) => !looking(tally)));
    this.all = judgesOf(this.tallies);
    this.limits = limitsOf(bounds);
  }

  /** Every call of the group under each limit, executed anew where a check of map_count may answer differently. */
  make(place: Place, group: CallGroup): void {
    const { members } = group;
    if (this.failures > 0 && !this.branches) {
      for (const one of members) {
        for (let i = 0; i < this.limits.length; i++) this.makeFailing(place, one, i, []);
      }
      return;
    }
    const ranges = this.look(place, group);
    for (const one of members) {
      for (const { first, after, refused } of ranges) {
        if (refused === undefined && this.failures > 0) {
          for (let i = first; i < after; i++) this.makeBranching(place, one, i);
        } else if (refused === undefined) this.makeWithin(place, group, one, first, after);
        else this.judge(this.ofArguments, place, one, one.size, refused, first, after, []);
      }
    }
  }

  /** What the first steps of the group say under each limit; where they refuse, that is settled here. */
  private look(place: Place, group: CallGroup): LimitRange[] {
    const { limits, recorder } = this;
    const one = group.members[0] as ArgumentClass<Call>;
    if (group.looks === 0) return [{ first: 0, after: limits.length, refused: undefined }];
    const ranges: LimitRange[] = [];
    for (let i = 0; i < limits.length; ) {
      recorder.clear();
      const refused = refusedAtSight(
        group.plan,
        group.looks,
        limits[i] as Env,
        place.before,
        place.pages,
        one.call,
        recorder,
      );
      const first = i;
      i = this.alike(one.call, first, limits.length);
      ranges.push({ first, after: i, refused });
      if (refused === undefined) continue;
      this.work.add(refused, recorder, place.before.length, group.size * (i - first));
      this.judge(this.ofFlags, place, one, group.size, refused, first, i, []);
    }
    return ranges;
  }

  /** The limits from `first` on, but not from `after` on, under which the checks recorded last answer alike. */
  private alike(call: Call, first: number, after: number): number {
    let i = first + 1;
    if (!this.limitRanges || !recordsLimits(call)) return i;
    while (i < after && (this.limits[i] as Env).maxMapCount <= this.recorder.to) i++;
    return i;
  }

  private makeWithin(
    place: Place,
    { plan, looks }: CallGroup,
    one: ArgumentClass<Call>,
    from: number,
    after: number,
  ): void {
    const { recorder, limits } = this;
    const { before, pages } = place;
    for (let i = from; i < after; ) {
      recorder.clear();
      const outcome = runPlan(plan, limits[i] as Env, before, pages, one.call, recorder, looks);
      const first = i;
      i = this.alike(one.call, first, after);
      this.work.add(outcome, recorder, before.length, one.size * (i - first));
      this.judge(this.all, place, one, one.size, outcome, first, i, []);
    }
  }

  /** Under one limit: with nothing failing, and from each point on at which something may. */
  private makeBranching(place: Place, one: ArgumentClass<Call>, limit: number): void {
    const { recorder } = this;
    recorder.clear();
    const { before, pages } = place;
    const { call } = one;
    const plan = this.on.plan(call, true);
    const branches: Branch[] = [];
    const limits = this.limits[limit] as Env;
    const outcome = runUnfailing(plan, limits, before, pages, call, recorder, branches);
    this.settle(place, one, limit, outcome, []);
    this.makeBranches(plan, place, one, limit, branches, []);
  }

  /** Each point in turn, and those that are met behind it; the last first, for what a run has recorded up to those before. */
  private makeBranches(
    plan: Plan,
    place: Place,
    one: ArgumentClass<Call>,
    limit: number,
    branches: readonly Branch[],
    failed: readonly number[],
  ): void {
    for (let i = branches.length - 1; i >= 0; i--) {
      const branch = branches[i] as Branch;
      const further: Branch[] = [];
      const outcome = runBranch(plan, branch, this.recorder, further);
      const failing = [...failed, branch.point];
      this.settle(place, one, limit, outcome, failing);
      if (failing.length < this.failures) {
        this.makeBranches(plan, place, one, limit, further, failing);
      }
    }
  }

  private settle(
    place: Place,
    one: ArgumentClass<Call>,
    limit: number,
    outcome: Outcome,
    failing: readonly number[],
  ): void {
    this.work.add(outcome, this.recorder, place.before.length, one.size);
    this.judge(this.all, place, one, one.size, outcome, limit, limit + 1, failing);
  }

  /** The same with each run from its beginning: with these points failing, and then with each further one. */
  private makeFailing(
    place: Place,
    one: ArgumentClass<Call>,
    limit: number,
    failing: readonly number[],
  ): void {
    const { recorder } = this;
    recorder.clear();
    const { before, pages } = place;
    const limits = this.limits[limit] as Env;
    const outcome = run(this.on, limits, before, pages, one.call, { recorder, failing });
    this.settle(place, one, limit, outcome, failing);
    if (failing.length === this.failures) return;
    const { points } = recorder;
    for (let next = (failing.at(-1) ?? -1) + 1; next < points; next++) {
      this.makeFailing(place, one, limit, [...failing, next]);
    }
  }

  /** One outcome of so many calls, of which `one` is the first, under the limits from `first` up to `after`. */
  private judge(
    { once, eachLimit }: Judges,
    place: Place,
    one: ArgumentClass<Call>,
    size: number,
    outcome: Outcome,
    first: number,
    after: number,
    failing: readonly number[],
  ): void {
    const { on, limits } = this;
    const { before, pages } = place;
    const { call } = one;
    const transition = { on, env: limits[first] as Env, before, pages, call, outcome };
    if (once.length > 0) {
      const plainest = this.plainest(before, first, after);
      const times = size * (after - first);
      for (let k = 0; k < once.length; k++) {
        this.judgeOne(once[k] as FindingTally, transition, place, one, times, plainest, failing);
      }
    }
    for (let k = 0; k < eachLimit.length; k++) {
      const tally = eachLimit[k] as FindingTally;
      for (let i = first; i < after; ) {
        const under = i === first ? transition : { ...transition, env: limits[i] as Env };
        const from = i;
        i = this.judgedAlike(tally, under, from, after);
        const plainest = this.plainest(before, from, i);
        this.judgeOne(tally, under, place, one, size * (i - from), plainest, failing);
      }
    }
  }

  /** The limits from `first` on, but not from `after` on, under which an invariant says the same of an outcome. */
  private judgedAlike(
    { alikeUpTo }: FindingTally,
    transition: Transition,
    first: number,
    after: number,
  ): number {
    let i = first + 1;
    if (i === after || alikeUpTo === undefined) return i;
    const upTo = alikeUpTo(transition);
    while (i < after && (this.limits[i] as Env).maxMapCount <= upTo) i++;
    return i;
  }

  private judgeOne(
    tally: FindingTally,
    transition: Transition,
    { space, before }: Place,
    { index }: ArgumentClass<Call>,
    times: number,
    limitIndex: number,
    failing: readonly number[],
  ): void {
    if (!tally.applies(transition)) return;
    tally.applied += times;
    if (tally.holds(transition)) return;
    const limit = (this.limits[limitIndex] as Env).maxMapCount;
    const aboveLimit = before.length > limit;
    tally.break({ space, call: index, limit, failing, aboveLimit }, times);
  }

  /** The limit that the best witness has: the least that map_count is not yet above, if there is one. */
  private plainest(before: Vmas, first: number, after: number): number {
    const least = (this.limits[0] as Env).maxMapCount;
    const wanted = before.length - least;
    return wanted > first && wanted < after ? wanted : first;
  }
}

/**
 * Makes every call of the bounds in every `parts`-th address space, from the one numbered `part` on,
 * under every limit. Without `part` and `parts` that is all of them: where an invariant was applied and
 * not broken, it holds within the bounds.
 *
 * @throws ModelLimitError if a call leaves what a VMA word can hold, which takes more than 64 pages or
 * 15 identities
 */
export function enumeratePart(
  release: Machine,
  bounds: EnumerateBounds,
  invariants: readonly Invariant[],
  options: SearchOptions = {},
): Enumeration {
  const { part = 0, parts = 1, argumentClasses: reduce = true } = options;
  const { limitRanges = true, branches = true } = options;
  checkBounds(bounds);
  checkPart(part, parts);
  const spaces = addressSpaces(bounds);
  const on = reduce ? release.within(causesOf(bounds)) : release;
  const groups = callGroups(on, bounds, reduce, invariants);
  const search = new Search(on, bounds, invariants, limitRanges, branches);
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces.at(space);
    const pages = frameTokens(before, bounds.pages);
    search.work.spaces++;
    for (const group of groups) search.make({ space, before, pages }, group);
  }
  const findings = search.tallies.map((tally) => tally.total());
  return { work: search.work.total(scopeOf(bounds)), findings };
}

/** Parts put together; the order does not matter. */
export function addEnumerations(a: Enumeration, b: Enumeration): Enumeration {
  return { work: addWork(a.work, b.work), findings: addFindings(a.findings, b.findings) };
}
