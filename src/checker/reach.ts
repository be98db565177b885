import type { Invariant, Transition } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Machine, Plan } from '../model/plan.js';
import { Recorder, runPlan } from '../model/run.js';
import { type Env, env } from '../model/state.js';
import { type ArgumentClass, argumentClasses, singleClasses } from './argument-classes.js';
import type { ReachBounds } from './bounds.js';
import { callsOf } from './calls.js';
import { canonical, frameTokens } from './spaces.js';
import { StateStore } from './state-store.js';
import { scopeOf, type Work, WorkTally } from './tally.js';

/** What a reach search says of one invariant, with a shortest history that breaks it. */
export interface ReachFinding {
  readonly invariant: string;
  readonly applied: number;
  readonly broken: number;
  /** Calls from the empty window; the last one breaks the invariant. */
  readonly path: readonly Call[] | undefined;
}

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

/** How each state was first reached. */
class History {
  private readonly parents: number[] = [-1];
  private readonly calls: number[] = [-1];
  private readonly depths: number[] = [0];

  add(parent: number, call: number): void {
    this.parents.push(parent);
    this.calls.push(call);
    this.depths.push(this.depthOf(parent) + 1);
  }

  depthOf(state: number): number {
    return this.depths[state] ?? 0;
  }

  pathTo(state: number, calls: readonly Call[]): Call[] {
    const path: Call[] = [];
    for (let at = state; at > 0; at = this.parents[at] as number) {
      path.push(calls[this.calls[at] as number] as Call);
    }
    return path.reverse();
  }
}

/** What a search has found of an invariant so far. */
interface ReachTally {
  readonly invariant: Invariant;
  applied: number;
  broken: number;
  path: readonly Call[] | undefined;
}

export interface ReachOptions {
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
}

/** A breadth-first search under way. */
class Search {
  private readonly calls: readonly Call[];
  private readonly classes: readonly ArgumentClass<Call>[];
  private readonly recorder = new Recorder();
  private readonly limits: Env;
  private readonly store = new StateStore();
  private readonly history = new History();
  private readonly work: WorkTally;
  private readonly tallies: readonly ReachTally[];
  /** For each state, the state from which it was last met as a successor: edges are counted once. */
  private readonly metFrom: number[] = [-1];
  private edges = 0;
  private largestCount = 0;

  constructor(
    private readonly on: Machine,
    private readonly bounds: ReachBounds,
    invariants: readonly Invariant[],
    reduce: boolean,
  ) {
    this.calls = callsOf(bounds);
    this.classes = reduce
      ? argumentClasses([on], this.calls, bounds)
      : singleClasses([on], this.calls);
    this.limits = env(bounds.limit, bounds.pages, { mmapCap: bounds.mmapCap });
    this.work = new WorkTally(on);
    this.tallies = invariants.map((invariant) => ({
      invariant,
      applied: 0,
      broken: 0,
      path: undefined,
    }));
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
      findings: this.tallies.map(({ invariant, ...rest }) => ({
        invariant: invariant.id,
        ...rest,
      })),
      edges: this.edges,
      largestCount: this.largestCount,
      depth: this.history.depthOf(this.store.size - 1),
      complete: state === this.store.size,
    };
  }

  /** Makes every call in one state. */
  private expand(state: number): void {
    const { on, limits, classes, recorder, work } = this;
    const before = this.store.get(state);
    const pages = frameTokens(before, this.bounds.pages);
    this.largestCount = Math.max(this.largestCount, before.length);
    for (let i = 0; i < classes.length; i++) {
      const { call, index, size, plans } = classes[i] as ArgumentClass<Call>;
      recorder.clear();
      const outcome = runPlan(plans[0] as Plan, limits, before, pages, call, recorder);
      work.add(outcome, recorder, before.length, size);
      this.judge({ on, env: limits, before, pages, call, outcome }, state, size);
      if (outcome.vmas !== before) this.arrive(outcome.vmas, state, index);
    }
  }

  private judge(transition: Transition, state: number, size: number): void {
    for (const tally of this.tallies) {
      if (!tally.invariant.applies(transition)) continue;
      tally.applied += size;
      if (tally.invariant.holds(transition)) continue;
      tally.broken += size;
      tally.path ??= [...this.history.pathTo(state, this.calls), transition.call];
    }
  }

  private arrive(vmas: Vmas, from: number, call: number): void {
    const size = this.store.size;
    const successor = this.store.add(canonical(vmas));
    if (successor === size) {
      this.history.add(from, call);
      this.metFrom.push(-1);
    }
    if (successor !== from && this.metFrom[successor] !== from) {
      this.metFrom[successor] = from;
      this.edges++;
    }
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
  { argumentClasses: reduce = true }: ReachOptions = {},
): Reach => new Search(on, bounds, invariants, reduce).search();
