import type { Invariant } from '../invariants/invariant.js';
import { removeWithin, type Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Machine, Plan } from '../model/plan.js';
import { mapOutcome, type Outcome, Recorder, runPlan } from '../model/run.js';
import { type Env, env, NOT_FOLLOWED, type Pages, RUNNING } from '../model/state.js';
import type { Step } from '../model/step.js';
import type { ArgumentClass } from './argument-classes.js';
import type { ReachBounds } from './bounds.js';
import { type CallGroup, callGroups } from './call-groups.js';
import { callsOf } from './calls.js';
import { type Continuation, Continuations } from './continuations.js';
import { type Effect, Effects, effectOf } from './effects.js';
import { Looks } from './looks.js';
import { type Follower, isOpen, type Opening, openingsOf } from './openings.js';
import { Outcomes } from './outcomes.js';
import { type Segment, Slots } from './segments.js';
import { canonical, frameTokens } from './spaces.js';
import { StateStore } from './state-store.js';
import { Successors } from './successors.js';
import { causesOf, scopeOf, type Work, WorkTally } from './tally.js';
import { type Way, Ways } from './ways.js';

/** What was found of an invariant in the states that were expanded. */
export interface Broken {
  readonly invariant: string;
  readonly applied: number;
  readonly broken: number;
  /** The first state in which a call breaks it, and the first such call; -1 if none does. */
  readonly state: number;
  readonly call: number;
}

/** The same while it is being found. */
interface ReachTally {
  readonly invariant: Invariant;
  applied: number;
  broken: number;
  state: number;
  call: number;
}

/** How to search. The reductions change no count, verdict or history. */
export interface ReachOptions {
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
  /** Look up how calls go on from where they have been before; off runs every call from its start. */
  readonly segments?: boolean;
}

/** Address spaces that are remembered from state to state; when there are more, all are forgotten. */
const REMEMBERED = 1 << 18;

/** The first segment does nothing but end the calls. */
const endsAtOnce = ({ followers }: Opening): boolean =>
  followers[0]?.segments[0]?.returns !== undefined;

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
  private readonly ways = new Ways();
  /** Of second segments, of third ones, and so on. */
  private readonly effects: readonly Effects[];
  private readonly recorder = new Recorder();
  private readonly limits: Env;
  private readonly work: WorkTally;
  private readonly tallies: readonly ReachTally[];
  /** Of these, what is judged of each call that is refused at sight, and of one for all. */
  private readonly ofArguments: readonly ReachTally[];
  private readonly ofFlags: readonly ReachTally[];
  private spaces = new StateStore();
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
    { argumentClasses: reduce = true, segments = true }: ReachOptions,
  ) {
    this.on = reduce ? release.within(causesOf(bounds)) : release;
    this.calls = callsOf(bounds);
    this.groups = callGroups(this.on, bounds, reduce);
    this.limits = env(bounds.limit, bounds.pages, { mmapCap: bounds.mmapCap });
    this.work = new WorkTally(this.on);
    this.tallies = invariants.map((invariant) => ({
      invariant,
      applied: 0,
      broken: 0,
      state: -1,
      call: -1,
    }));
    const looking = ({ invariant }: ReachTally): boolean => invariant.looksAtArguments === true;
    this.ofArguments = this.tallies.filter(looking);
    this.ofFlags = this.tallies.filter((tally) => !looking(tally));
    this.looks = new Looks(this.groups);
    const cuts = segments && invariants.every(({ ofCountsAlone }) => ofCountsAlone === true);
    const isCut = (group: number): boolean => cuts && this.groups[group]?.plan.loops === false;
    const numbers = [...this.groups.keys()];
    this.whole = numbers.filter((group) => !isCut(group));
    const slots = new Slots();
    const openings = openingsOf(this.groups, numbers.filter(isCut), slots, this.looks);
    this.openings = openings.filter((opening) => !endsAtOnce(opening));
    this.ending = openings.filter(endsAtOnce).flatMap(({ followers }) => followers);
    this.continuations = new Continuations(this.looks.passed.length);
    const lengths = openings.flatMap(({ followers }) => followers.map((f) => f.segments.length));
    this.effects = Array.from(
      { length: lengths.reduce((most, length) => Math.max(most, length - 1), 0) },
      () => new Effects(this.limits, slots.size),
    );
  }

  /** The VMAs of an address space that was met. */
  space(number: number): Vmas {
    return this.spaces.get(number);
  }

  /** Address spaces that the state expanded last leads to, itself not among them, in no order. */
  get successors(): readonly number[] {
    return this.reached.all;
  }

  /** Of the calls that lead from the state expanded last to a successor, the first. */
  firstCall(successor: number): number {
    return this.reached.firstCall(successor);
  }

  /** What calls did in all states so far. */
  get total(): Work {
    this.settle();
    return this.work.total(scopeOf(this.bounds));
  }

  get findings(): Broken[] {
    return this.tallies.map(({ invariant, ...found }) => ({ invariant: invariant.id, ...found }));
  }

  /**
   * Makes every call in one state.
   *
   * @param state what findings name it by
   */
  expand(state: number, before: Vmas): void {
    const { limits, looks, reached } = this;
    if (this.spaces.size > REMEMBERED || this.continuations.isFull) this.forget();
    reached.begin(this.spaces.add(before));
    this.state = state;
    this.before = before;
    this.largestCount = Math.max(this.largestCount, before.length);
    this.work.spaces++;
    looks.look(limits, before);
    if (this.whole.length > 0) this.pages = frameTokens(before, this.bounds.pages);
    if (this.tallies.length > 0) this.judgeUnchanged();
    for (const opening of this.openings) {
      if (isOpen(opening, looks.passed)) this.open(opening);
    }
    for (const group of this.whole) {
      if (looks.passesAll(group)) this.runWhole(this.groups[group] as CallGroup);
    }
  }

  private forget(): void {
    this.settle();
    this.spaces = new StateStore();
    this.reached.forget();
    this.continuations.forget();
    for (const effects of this.effects) effects.forget();
    this.generation++;
  }

  /** Counts what is not counted state by state. */
  private settle(): void {
    const { work, looks, groups, ways } = this;
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
    this.continuations.take((way, times, rise) => {
      const { plan, place, result } = ways.at(way);
      work.addAt(plan, place, result, rise, times);
    });
  }

  private runWhole({ plan, looks, members }: CallGroup): void {
    const { limits, recorder, work, before, pages } = this;
    for (const { call, index, size } of members) {
      recorder.clear();
      const outcome = runPlan(plan, limits, before, pages, call, recorder, looks);
      work.add(outcome, recorder, before.length, size);
      this.judge(this.tallies, call, index, size, outcome);
      if (outcome.vmas !== before) {
        this.reached.add(this.spaces.add(canonical(outcome.vmas)), index);
      }
    }
  }

  /** Runs the first segment of an opening; how calls go on from there is known, or found out. */
  private open(opening: Opening): void {
    const { limits, before, continuations, looks } = this;
    const { plan, one, segments } = opening.followers[0] as Follower;
    const first = segments[0] as Segment;
    const effect = effectOf(limits, before, plan, first, one.call, this.recorder);
    if (effect.result !== RUNNING) {
      this.endTogether(opening, effect);
      return;
    }
    const { vmas, rise } = effect;
    this.work.rose(rise);
    const { clears } = opening;
    const space = this.spaces.add(clears === undefined ? vmas : removeWithin(vmas, ...clears));
    const at =
      continuations.find(space, opening, looks.passed) ??
      continuations.add(this.goOn(opening, vmas));
    continuations.use(at, vmas.length - before.length, this.reached);
    if (this.tallies.length === 0) return;
    continuations.endsIn(at, (way, call, times) =>
      this.judgeCounts(this.ways.at(way), call, times),
    );
  }

  /** The first segment has ended the calls of an opening. */
  private endTogether({ followers }: Opening, effect: Effect): void {
    const { looks, work, reached, tallies } = this;
    const { result, passed, rise, vmas } = effect;
    const end = vmas === this.before ? undefined : this.spaces.add(canonical(vmas));
    for (const { group, plan, one, segments } of followers) {
      if (!looks.passesAll(group)) continue;
      const place = (segments[0] as Segment).from + passed;
      work.addAt(plan, place, result, rise, one.size);
      if (end !== undefined) reached.add(end, one.index);
      if (tallies.length === 0) continue;
      this.judgeCounts({ plan, place, result, mapCount: vmas.length }, one.index, one.size);
    }
  }

  /** How the calls of an opening that have passed their looks go on from what their first segment left. */
  private goOn({ followers }: Opening, vmas: Vmas): Continuation {
    const outcomes = new Outcomes();
    const space = this.spaces.add(vmas);
    let rise = 0;
    for (const { group, plan, one, segments } of followers) {
      if (!this.looks.passesAll(group)) continue;
      const { index, size, call } = one;
      let at = { vmas, result: RUNNING };
      let where = space;
      let place = 0;
      for (let k = 1; at.result === RUNNING; k++) {
        const segment = segments[k] as Segment;
        place = segment.from;
        if (segment.returns !== undefined) {
          at = { vmas: at.vmas, result: segment.returns };
          break;
        }
        if (k > 1) where = this.spaces.add(at.vmas);
        const effect = (this.effects[k - 1] as Effects).of(where, at.vmas, plan, segment, call);
        rise = Math.max(rise, at.vmas.length - vmas.length + effect.rise);
        place += effect.passed;
        at = effect;
      }
      outcomes.leadsTo(this.spaces.add(canonical(at.vmas)), index);
      outcomes.end(plan, place, at.result, at.vmas.length, index, size);
    }
    return outcomes.continuation(this.ways, rise);
  }

  /** Judges the calls that a look refuses, and those that end right behind their looks. */
  private judgeUnchanged(): void {
    const { groups, looks, before } = this;
    for (const { groups: refused, place, result } of looks.refusals()) {
      for (const group of refused) {
        const { plan, members, size } = groups[group] as CallGroup;
        const outcome = this.unchanged(plan, place, result);
        const { call, index } = members[0] as ArgumentClass<Call>;
        this.judge(this.ofFlags, call, index, size, outcome);
        if (this.ofArguments.length === 0) continue;
        for (const one of members) {
          this.judge(this.ofArguments, one.call, one.index, one.size, outcome);
        }
      }
    }
    for (const { group, plan, one, segments } of this.ending) {
      if (!looks.passesAll(group)) continue;
      const { from, returns = 0 } = segments[0] as Segment;
      const way = { plan, place: from, result: returns, mapCount: before.length };
      this.judgeCounts(way, one.index, one.size);
    }
  }

  private unchanged(plan: Plan, place: number, result: number): Outcome {
    const { before, pages } = this;
    const step = plan.steps[place] as Step;
    const outcome = mapOutcome(result, before, step, plan.numbers[place] as number, before.length);
    return { ...outcome, pages };
  }

  /** Judges calls of which no more is known than how they end, and the first of them. */
  private judgeCounts({ plan, place, result, mapCount }: Way, index: number, size: number): void {
    const outcome = { ...this.unchanged(plan, place, result), mapCount };
    this.judge(this.tallies, this.calls[index] as Call, index, size, outcome);
  }

  private judge(
    tallies: readonly ReachTally[],
    call: Call,
    index: number,
    size: number,
    outcome: Outcome,
  ): void {
    if (tallies.length === 0) return;
    const { on, limits, before, pages, state } = this;
    const transition = { on, env: limits, before, pages, call, outcome };
    for (const tally of tallies) {
      if (!tally.invariant.applies(transition)) continue;
      tally.applied += size;
      if (tally.invariant.holds(transition)) continue;
      tally.broken += size;
      if (tally.state >= 0 && (tally.state !== state || tally.call < index)) continue;
      tally.state = state;
      tally.call = index;
    }
  }
}
