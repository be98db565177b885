import type { Invariant } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Machine } from '../model/plan.js';
import { mapOutcome, type Outcome, Recorder, refusedAtSight, runPlan } from '../model/run.js';
import { type Env, env, NOT_FOLLOWED, type Pages, RUNNING } from '../model/state.js';
import type { Step } from '../model/step.js';
import type { ArgumentClass } from './argument-classes.js';
import type { ReachBounds } from './bounds.js';
import { type CallGroup, callGroups } from './call-groups.js';
import { Effects, NO_EFFECT } from './effects.js';
import { type Segment, Slots } from './segments.js';
import { canonical, frameTokens } from './spaces.js';
import { StateStore } from './state-store.js';
import { causesOf, scopeOf, type Work, WorkTally } from './tally.js';

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

const NOTHING_FOUND = { applied: 0, broken: 0, state: -1, call: -1 } as const;

/** How to search. The reductions change no count, verdict or history. */
export interface ReachOptions {
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
  /** Look up what parts of calls do where they have been run before; off runs every call from its start. */
  readonly segments?: boolean;
}

/** Address spaces that are remembered between states; when there are more, all are forgotten. */
const REMEMBERED = 1 << 18;

/** A copy of twice the length. */
function longer(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(2 * numbers.length);
  copy.set(numbers);
  return copy;
}

/** Makes every call in states, one state after the other, whatever states they are and where they come from. */
export class Expander {
  private readonly on: Machine;
  private readonly groups: readonly CallGroup[];
  /** Of each member of each group, the parts of its plan; none if calls are run as a whole. */
  private readonly segments: readonly (readonly (readonly Segment[])[])[];
  private readonly effects: Effects;
  /** Calls that are made in a state. */
  private readonly room: number;
  private readonly recorder = new Recorder();
  private readonly limits: Env;
  private work: WorkTally;
  private readonly tallies: readonly ReachTally[];
  /** Of these, what is judged of each call that is refused at sight, and of one for all. */
  private readonly ofArguments: readonly ReachTally[];
  private readonly ofFlags: readonly ReachTally[];
  private spaces = new StateStore();
  /** By address space, the state that led there last, by a number of its own, and the first call that did. */
  private met = new Int32Array(1024);
  private calls = new Int32Array(1024);
  private turn = 0;
  private self = -1;

  /** Address spaces that the state expanded last leads to, itself not among them, in no order. */
  successors: number[] = [];
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
    this.groups = callGroups(this.on, bounds, reduce);
    this.room = this.groups.reduce((sum, { members }) => sum + members.length, 0);
    this.limits = env(bounds.limit, bounds.pages, { mmapCap: bounds.mmapCap });
    this.work = new WorkTally(this.on);
    this.tallies = invariants.map((invariant) => ({
      invariant,
      ...NOTHING_FOUND,
    }));
    const looking = ({ invariant }: ReachTally): boolean => invariant.looksAtArguments === true;
    this.ofArguments = this.tallies.filter(looking);
    this.ofFlags = this.tallies.filter((tally) => !looking(tally));
    const slots = new Slots();
    const canCut = segments && invariants.every(({ ofMapAlone }) => ofMapAlone === true);
    this.segments = this.groups.map(({ plan, looks, members }) =>
      canCut && !plan.loops ? members.map(({ call }) => slots.cut(plan, looks, call)) : [],
    );
    this.effects = new Effects(this.limits, slots.size);
  }

  /** The VMAs of an address space that was met. */
  space(number: number): Vmas {
    return this.spaces.get(number);
  }

  /** Of the calls that lead from the state expanded last to a successor, the first. */
  firstCall(successor: number): number {
    return this.calls[successor] as number;
  }

  /** Forgets what was counted and found, and nothing of what was learned. */
  countAnew(): void {
    this.work = new WorkTally(this.on);
    for (const tally of this.tallies) Object.assign(tally, NOTHING_FOUND);
    this.largestCount = 0;
  }

  /** What calls did in all states so far. */
  get total(): Work {
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
    const { limits, groups, recorder } = this;
    if (this.spaces.size > REMEMBERED) this.forget();
    this.turn++;
    this.successors = [];
    this.self = this.numberOf(before);
    this.effects.makeRoom(2 * this.room);
    const pages = frameTokens(before, this.bounds.pages);
    this.largestCount = Math.max(this.largestCount, before.length);
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as CallGroup;
      const { plan, looks, members, size } = group;
      recorder.clear();
      const first = members[0] as ArgumentClass<Call>;
      const refused = refusedAtSight(plan, looks, limits, before, pages, first.call, recorder);
      if (refused !== undefined) {
        this.work.add(refused, recorder, before.length, size);
        this.judge(this.ofFlags, state, before, pages, first, size, refused);
        if (this.ofArguments.length === 0) continue;
        for (const one of members) {
          this.judge(this.ofArguments, state, before, pages, one, one.size, refused);
        }
        continue;
      }
      const segments = this.segments[g] as readonly (readonly Segment[])[];
      if (segments.length > 0) this.bySegments(state, before, group, segments);
      else this.asWhole(state, before, pages, group);
    }
    this.work.spaces++;
  }

  private forget(): void {
    this.spaces = new StateStore();
    this.met.fill(0);
    this.effects.forget();
    this.generation++;
  }

  private numberOf(vmas: Vmas): number {
    const number = this.spaces.add(vmas);
    if (number >= this.met.length) {
      this.met = longer(this.met);
      this.calls = longer(this.calls);
    }
    return number;
  }

  private asWhole(state: number, before: Vmas, pages: Pages, group: CallGroup): void {
    const { limits, recorder, work } = this;
    const { plan, looks, members } = group;
    for (const one of members) {
      const { call, index, size } = one;
      recorder.clear();
      const outcome = runPlan(plan, limits, before, pages, call, recorder, looks);
      work.add(outcome, recorder, before.length, size);
      this.judge(this.tallies, state, before, pages, one, size, outcome);
      if (outcome.vmas !== before) this.arrive(this.numberOf(canonical(outcome.vmas)), index);
    }
  }

  private bySegments(
    state: number,
    before: Vmas,
    { plan, members }: CallGroup,
    segments: readonly (readonly Segment[])[],
  ): void {
    const { effects, work, tallies } = this;
    for (let i = 0; i < members.length; i++) {
      const one = members[i] as ArgumentClass<Call>;
      const parts = segments[i] as readonly Segment[];
      const { call, index, size } = one;
      let effect = NO_EFFECT;
      let rise = 0;
      let result = RUNNING;
      let place = 0;
      for (let k = 0; result === RUNNING; k++) {
        const part = parts[k] as Segment;
        place = part.from;
        if (part.returns !== undefined) {
          result = part.returns;
          break;
        }
        const added = k === 0 ? 0 : effects.count(effect) - before.length;
        effect =
          k === 0
            ? effects.ofFirst(state, before, plan, part, call)
            : effects.ofNext(effect, plan, part, call);
        rise = Math.max(rise, added + effects.rise(effect));
        result = effects.result(effect);
        place += effects.passed(effect);
      }
      const stepNumber = plan.numbers[place] as number;
      work.addAt(plan, place, result, stepNumber, rise, size);
      if (tallies.length > 0) {
        const step = plan.steps[place] as Step;
        const vmas = effect === NO_EFFECT ? before : effects.kept(effect);
        const outcome = mapOutcome(result, vmas, step, stepNumber, before.length + rise);
        this.judge(tallies, state, before, NOT_FOLLOWED, one, size, outcome);
      }
      if (effect === NO_EFFECT) continue;
      let successor = effects.successor(effect);
      if (successor < 0) {
        successor = this.numberOf(canonical(effects.kept(effect)));
        effects.noteSuccessor(effect, successor);
      }
      this.arrive(successor, index);
    }
  }

  private judge(
    tallies: readonly ReachTally[],
    state: number,
    before: Vmas,
    pages: Pages,
    { call, index }: ArgumentClass<Call>,
    size: number,
    outcome: Outcome,
  ): void {
    const { on, limits } = this;
    if (tallies.length === 0) return;
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

  private arrive(successor: number, call: number): void {
    const { met, calls, turn } = this;
    if (successor === this.self) return;
    if (met[successor] !== turn) {
      met[successor] = turn;
      calls[successor] = call;
      this.successors.push(successor);
    } else if (call < (calls[successor] as number)) calls[successor] = call;
  }
}
