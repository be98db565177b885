import type { Invariant } from '../../invariants/invariant.js';
import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import { frameTokens } from '../../model/frame-tokens.js';
import { mapOutcome, type Outcome } from '../../model/outcome.js';
import type { Machine, Plan } from '../../model/plan.js';
import { Recorder } from '../../model/recorder.js';
import { runPlan } from '../../model/run.js';
import { type Env, env, NOT_FOLLOWED, type Pages, RUNNING } from '../../model/state.js';
import type { Step } from '../../model/step.js';
import type { ArgumentClass } from '../argument-classes.js';
import type { ReachBounds } from '../bounds.js';
import { type CallGroup, callGroups } from '../call-groups.js';
import { callsOf } from '../calls.js';
import { canonical } from '../spaces.js';
import { causesOf, scopeOf, type Work, WorkTally } from '../tally.js';
import { Breaches, type Broken, type Judged } from './breaches.js';
import { Continuations } from './continuations.js';
import { CountVerdicts } from './count-verdicts.js';
import type { Effect } from './effect.js';
import { Looks } from './looks.js';
import { mirrorOf } from './mirror.js';
import { type Follower, isAnyOpen, isOpen, type Opening, openingsOf } from './openings.js';
import { type Segment, Slots } from './segments.js';
import { Successors } from './successors.js';

/** How to search. The reductions change no count, verdict or history. */
export interface ReachOptions {
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
  /** Look up how calls go on from where they have been before; off runs every call from its start. */
  readonly segments?: boolean;
  /** Search one of two states that mirror each other, and count it for both; off searches both, each by itself. */
  readonly mirror?: boolean;
}

/** The first segment does nothing but end the calls. */
const endsAtOnce = ({ segment }: Opening): boolean => segment.returns !== undefined;

/** Makes every call in states, one after the other, whatever states they are and where they come from. */
export class Expander {
  private readonly on: Machine;
  private readonly calls: readonly Call[];
  private readonly groups: readonly CallGroup[];
  private readonly looks: Looks;
  /** Calls that are cut into segments, by the first of these; apart from them those that this ends. */
  private readonly openings: readonly Opening[];
  private readonly ending: readonly Follower[];
  /** Groups of calls that are run as a whole behind their looks. */
  private readonly whole: readonly number[];
  private readonly continuations: Continuations;
  private readonly recorder = new Recorder();
  private readonly limits: Env;
  private work: WorkTally;
  /** By the invariants of which each call that is refused at sight is judged, and by those of which one is for all. */
  private readonly ofArguments: Breaches;
  private readonly ofFlags: Breaches;
  private readonly ids: readonly string[];
  private readonly judges: boolean;
  /** All invariants say `ofCountsAlone`. */
  private readonly byCounts: boolean;
  private readonly verdicts: CountVerdicts;
  private readonly reached = new Successors();
  /** What is being expanded. */
  private state = 0;
  private before: Vmas = [];
  private pages: Pages = NOT_FOLLOWED;

  /** Changes when address spaces are forgotten, and their numbers are given anew. */
  generation = 0;
  /** Most VMAs in a state. */
  largestCount = 0;

  constructor(
    release: Machine,
    private readonly bounds: ReachBounds,
    invariants: readonly Invariant[],
    { argumentClasses: reduce = true, segments = true, mirror = true }: ReachOptions,
  ) {
    this.on = reduce ? release.within(causesOf(bounds)) : release;
    this.calls = callsOf(bounds);
    this.groups = callGroups(this.on, bounds, reduce, invariants);
    this.limits = env(bounds.limit, bounds.pages, { mmapCap: bounds.mmapCap });
    this.work = new WorkTally(this.on);
    this.ids = invariants.map(({ id }) => id);
    this.ofArguments = new Breaches(invariants.filter((one) => one.looksAtArguments === true));
    this.ofFlags = new Breaches(invariants.filter((one) => one.looksAtArguments !== true));
    this.judges = invariants.length > 0;
    this.looks = new Looks(this.groups);
    this.byCounts = invariants.every(({ ofCountsAlone }) => ofCountsAlone === true);
    const cuts = segments && this.byCounts;
    const isCut = (group: number): boolean => cuts && this.groups[group]?.plan.loops === false;
    const numbers = [...this.groups.keys()];
    this.whole = numbers.filter((group) => !isCut(group));
    const slots = new Slots();
    const openings = openingsOf(this.groups, numbers.filter(isCut), slots, this.looks);
    this.openings = openings.filter((opening) => !endsAtOnce(opening));
    this.ending = openings.filter(endsAtOnce).flatMap(({ followers }) => followers);
    this.continuations = new Continuations({
      limits: this.limits,
      looks: this.looks,
      calls: this.calls,
      mirror: mirror ? mirrorOf(release.release, bounds, invariants) : undefined,
      keepsCounts: this.judges,
    });
    const { ways } = this.continuations;
    this.verdicts = new CountVerdicts(this.on, this.limits, this.calls, ways, this.ofFlags);
  }

  /** The VMAs of an address space that was met. */
  space(number: number): Vmas {
    return this.continuations.spaces.get(number);
  }

  /** Address spaces that the state expanded last leads to, itself not among them, in no order. */
  get successors(): readonly number[] {
    return this.reached.all;
  }

  /** Of the calls that lead from the state expanded last to a successor, the first. */
  firstCall(successor: number): number {
    return this.reached.firstCall(successor);
  }

  /** Forgets what was counted and found, and nothing of what was learned. */
  countAnew(): void {
    this.settle();
    this.work = new WorkTally(this.on);
    this.ofArguments.forget();
    this.ofFlags.forget();
    this.largestCount = 0;
  }

  /** What calls did in all states so far. */
  get total(): Work {
    this.settle();
    return this.work.total(scopeOf(this.bounds));
  }

  get findings(): Broken[] {
    const found = [...this.ofArguments.found, ...this.ofFlags.found];
    return this.ids.flatMap((id) => found.filter(({ invariant }) => invariant === id));
  }

  /**
   * Makes every call in one state.
   *
   * @param state what findings name it by
   */
  expand(state: number, before: Vmas): void {
    const { limits, looks, reached } = this;
    if (this.continuations.isFull) this.forget();
    reached.begin(this.continuations.spaces.add(before));
    this.state = state;
    this.before = before;
    this.largestCount = Math.max(this.largestCount, before.length);
    this.work.spaces++;
    looks.look(limits, before);
    if (this.whole.length > 0) this.pages = frameTokens(before, this.bounds.pages);
    if (this.judges) this.judgeUnchanged();
    for (const opening of this.openings) {
      if (isAnyOpen(opening, looks.passed)) this.open(opening);
    }
    for (const group of this.whole) {
      if (looks.passesAll(group)) this.runWhole(this.groups[group] as CallGroup);
    }
  }

  private forget(): void {
    this.settle();
    this.continuations.forget();
    this.generation++;
  }

  /** Counts what is not counted state by state. */
  private settle(): void {
    const { work, looks, groups, continuations } = this;
    for (const { groups: refused, place, result, times } of looks.takeRefusals()) {
      for (const group of refused) {
        const { plan, size } = groups[group] as CallGroup;
        work.addAt(plan, place, result, 0, times * size);
      }
    }
    const passes = looks.takePasses();
    for (const { group, plan, one, segments } of this.ending) {
      const { from, returns = 0 } = segments[0] as Segment;
      work.addAt(plan, from, returns, 0, (passes[group] as number) * one.size);
    }
    continuations.takeEnds(({ plan, place, result }, times) => {
      work.addAt(plan, place, result, 0, times);
    });
    work.rose(continuations.takeHighest());
  }

  private runWhole({ plan, looks, members }: CallGroup): void {
    const { limits, recorder, work, before, pages } = this;
    for (const { call, index, size } of members) {
      recorder.clear();
      const outcome = runPlan(plan, limits, before, pages, call, recorder, looks);
      work.add(outcome, recorder, before.length, size);
      this.judge(call, index, size, outcome);
      if (outcome.vmas !== before) {
        this.reached.add(this.continuations.spaces.add(canonical(outcome.vmas)), index);
      }
    }
  }

  /** Runs the first segment of calls; how they go on from there is known, or found out. */
  private open(opening: Opening): void {
    const { before, continuations, reached } = this;
    const effect = continuations.run(opening, before);
    if (effect.result !== RUNNING) {
      this.endTogether(opening, effect);
      return;
    }
    this.work.rose(effect.rise);
    const tell = this.judges ? this.judgeWay : undefined;
    continuations.use(opening, before.length, effect.vmas, reached, tell);
  }

  /** The first segment has ended the calls of an opening. */
  private endTogether({ followers }: Opening, { result, passed, rise, vmas }: Effect): void {
    const { looks, work, reached, continuations } = this;
    const { spaces, ways } = continuations;
    const end = vmas === this.before ? undefined : spaces.add(canonical(vmas));
    for (const follower of followers) {
      if (!isOpen(follower, looks.passed)) continue;
      const { plan, one, segments } = follower;
      const place = (segments[0] as Segment).from + passed;
      work.addAt(plan, place, result, rise, one.size);
      if (end !== undefined) reached.add(end, one.index);
      if (!this.judges) continue;
      this.judgeWay(ways.numberOf(plan, place, result, vmas.length), one.size, one.index);
    }
  }

  /** Judges the calls that a look refuses, and those that end right behind their looks. */
  private judgeUnchanged(): void {
    const { groups, looks, before } = this;
    const { ways } = this.continuations;
    for (const { groups: refused, place, result } of looks.refusals()) {
      for (const number of refused) {
        const group = groups[number] as CallGroup;
        if (!this.byCounts) {
          this.judgeRefused(group, place, result);
          continue;
        }
        const { index } = group.members[0] as ArgumentClass<Call>;
        this.judgeWay(ways.numberOf(group.plan, place, result, before.length), group.size, index);
      }
    }
    for (const follower of this.ending) {
      if (!isOpen(follower, looks.passed)) continue;
      const { plan, one, segments } = follower;
      const { from, returns = 0 } = segments[0] as Segment;
      this.judgeWay(ways.numberOf(plan, from, returns, before.length), one.size, one.index);
    }
  }

  private judgeRefused({ plan, members, size }: CallGroup, place: number, result: number): void {
    const outcome = this.unchanged(plan, place, result);
    const { call, index } = members[0] as ArgumentClass<Call>;
    this.ofFlags.judge(this.judged(call, index, size, outcome));
    if (this.ofArguments.isIdle) return;
    for (const one of members) {
      this.ofArguments.judge(this.judged(one.call, one.index, one.size, outcome));
    }
  }

  private unchanged(plan: Plan, place: number, result: number): Outcome {
    const { before, pages } = this;
    const step = plan.steps[place] as Step;
    const outcome = mapOutcome(result, before, step, plan.numbers[place] as number, before.length);
    return { ...outcome, pages };
  }

  /** Judges calls of which no more is known than how they end, and the first of them. */
  private readonly judgeWay = (way: number, size: number, first: number): void =>
    this.verdicts.judge(way, this.state, this.before, first, size);

  private judge(call: Call, index: number, size: number, outcome: Outcome): void {
    if (!this.judges) return;
    const judged = this.judged(call, index, size, outcome);
    this.ofArguments.judge(judged);
    this.ofFlags.judge(judged);
  }

  private judged(call: Call, index: number, size: number, outcome: Outcome): Judged {
    const { on, limits, before, pages, state } = this;
    return {
      transition: { on, env: limits, before, pages, call, outcome },
      state,
      call: index,
      size,
    };
  }
}
