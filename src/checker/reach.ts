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
import { callsOf } from './calls.js';
import { Effects, NO_EFFECT } from './effects.js';
import { Paths } from './paths.js';
import { type Segment, Slots } from './segments.js';
import { canonical, frameTokens } from './spaces.js';
import { StateStore } from './state-store.js';
import { causesOf, scopeOf, type Work, WorkTally } from './tally.js';

/** What a reach search says of one invariant, with a shortest history that breaks it. */
export interface ReachFinding {
  readonly invariant: string;
  readonly applied: number;
  readonly broken: number;
  /** Calls from the empty window; the last one breaks the invariant. */
  readonly path: readonly Call[] | undefined;
}

/** What a reach search has found. */
export interface Reach {
  /** `transitions` counts every call in every state, failing ones included. */
  readonly work: Work;
  readonly findings: readonly ReachFinding[];
  /** Distinct pairs of a state and a different successor. */
  readonly edges: number;
  readonly largestCount: number;
  /** Calls to the state that is furthest from the empty window. */
  readonly depth: number;
  /** False if `maxStates` ended the search. */
  readonly complete: boolean;
}

/** What a search has found of an invariant so far. */
interface ReachTally {
  readonly invariant: Invariant;
  applied: number;
  broken: number;
  /** The first state in which a call breaks it, and the first such call. */
  state: number;
  call: number;
}

/** How to search. The reductions change no count, verdict or history. */
export interface ReachOptions {
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
  /** Look up what parts of calls do where they have been run before; off runs every call from its start. */
  readonly segments?: boolean;
}

/** A state that is not yet known, and the first call that leads there. */
interface NewState {
  readonly vmas: Vmas;
  call: number;
}

const sameWords = (a: Vmas, b: Vmas): boolean =>
  a.length === b.length && a.every((vma, i) => vma === b[i]);

/** A breadth-first search under way. */
class Search {
  private readonly on: Machine;
  private readonly calls: readonly Call[];
  private readonly groups: readonly CallGroup[];
  /** Of each member of each group, the parts of its plan; none if calls are run as a whole. */
  private readonly segments: readonly (readonly (readonly Segment[])[])[];
  private readonly effects: Effects;
  private readonly recorder = new Recorder();
  private readonly limits: Env;
  private readonly store = new StateStore();
  private readonly paths = new Paths();
  private readonly work: WorkTally;
  private readonly tallies: readonly ReachTally[];
  /** Of these, what is judged of each call that is refused at sight, and of one for all. */
  private readonly ofArguments: readonly ReachTally[];
  private readonly ofFlags: readonly ReachTally[];
  /** Known states that the state that is being expanded leads to: edges are counted once. */
  private readonly known = new Set<number>();
  /** What the state that is being expanded leads to and is not known yet. */
  private fresh: NewState[] = [];
  private edges = 0;
  private largestCount = 0;

  constructor(
    release: Machine,
    private readonly bounds: ReachBounds,
    invariants: readonly Invariant[],
    { argumentClasses: reduce = true, segments = true }: ReachOptions,
  ) {
    this.calls = callsOf(bounds);
    this.on = reduce ? release.within(causesOf(bounds)) : release;
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
    const slots = new Slots();
    const canCut = segments && invariants.every(({ ofMapAlone }) => ofMapAlone === true);
    this.segments = this.groups.map(({ plan, looks, members }) =>
      canCut && !plan.loops ? members.map(({ call }) => slots.cut(plan, looks, call)) : [],
    );
    this.effects = new Effects(this.limits, slots.size);
  }

  search(): Reach {
    this.store.add([]);
    let state = 0;
    while (state < this.store.size && this.store.size <= this.bounds.maxStates) {
      this.expand(state++);
    }
    this.work.spaces = state;
    return {
      work: this.work.total(scopeOf(this.bounds)),
      findings: this.tallies.map((tally) => this.finding(tally)),
      edges: this.edges,
      largestCount: this.largestCount,
      depth: this.paths.depthOf(this.store.size - 1),
      complete: state === this.store.size,
    };
  }

  private finding({ invariant, applied, broken, state, call }: ReachTally): ReachFinding {
    const path =
      state < 0 ? undefined : [...this.paths.pathTo(state, this.calls), this.calls[call] as Call];
    return { invariant: invariant.id, applied, broken, path };
  }

  /** Makes every call in one state. */
  private expand(state: number): void {
    const { limits, groups, recorder } = this;
    const before = this.store.get(state);
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
    this.settle(state);
    this.effects.makeRoom(2 * this.calls.length);
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
      if (outcome.vmas !== before) this.arrive(outcome.vmas, state, index);
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
      const successor = effects.successor(effect);
      if (successor >= 0) this.met(successor, state);
      else effects.noteSuccessor(effect, this.arrive(effects.kept(effect), state, index));
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

  /** @returns the number of the state that the call leads to, -1 if it has none yet */
  private arrive(vmas: Vmas, from: number, call: number): number {
    const reached = canonical(vmas);
    const number = this.store.find(reached);
    if (number >= 0) {
      this.met(number, from);
      return number;
    }
    const known = this.fresh.find((other) => sameWords(other.vmas, reached));
    if (known === undefined) this.fresh.push({ vmas: reached, call });
    else known.call = Math.min(known.call, call);
    return -1;
  }

  private met(successor: number, from: number): void {
    if (successor !== from) this.known.add(successor);
  }

  /** Gives new states their numbers, in the order of the calls that lead there. */
  private settle(from: number): void {
    this.edges += this.known.size + this.fresh.length;
    this.known.clear();
    if (this.fresh.length === 0) return;
    for (const { vmas, call } of this.fresh.sort((a, b) => a.call - b.call)) {
      this.store.add(vmas);
      this.paths.add(from, call);
    }
    this.fresh = [];
  }
}

/**
 * Breadth-first from the empty window through every call, so that the first breach of an invariant
 * has a shortest history.
 */
export const reach = (
  on: Machine,
  bounds: ReachBounds,
  invariants: readonly Invariant[],
  options: ReachOptions = {},
): Reach => new Search(on, bounds, invariants, options).search();
