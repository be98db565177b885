import type { Invariant } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { type Machine, run } from '../model/run.js';
import { env } from '../model/state.js';
import type { ReachBounds } from './bounds.js';
import { reachCalls } from './calls.js';
import { canonical, frameTokens } from './spaces.js';
import { StateStore } from './state-store.js';
import { type Work, WorkTally } from './tally.js';

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

/**
 * Breadth-first from the empty window through every call, so that the first breach of an invariant
 * has a shortest history.
 */
export function reach(
  on: Machine,
  bounds: ReachBounds,
  invariants: readonly Invariant[],
  progress?: (work: { states: number; transitions: number }) => void,
): Reach {
  const calls = reachCalls(bounds);
  const limits = env(bounds.limit, bounds.pages, bounds.mmapCap);
  const store = new StateStore();
  const history = new History();
  const work = new WorkTally(on);
  const watch = { tally: work.steps };
  const tallies = invariants.map((invariant) => ({
    invariant,
    applied: 0,
    broken: 0,
    path: undefined as Call[] | undefined,
  }));
  /** For each state, the state from which it was last met as a successor: edges are counted once. */
  const metFrom: number[] = [-1];
  let edges = 0;
  let largestCount = 0;
  let state = 0;
  store.add([]);
  for (; state < store.size && store.size <= bounds.maxStates; state++) {
    const before: Vmas = store.get(state);
    const pages = frameTokens(before, bounds.pages);
    largestCount = Math.max(largestCount, before.length);
    for (let index = 0; index < calls.length; index++) {
      const call = calls[index] as Call;
      const outcome = run(on, limits, before, pages, call, watch);
      work.add(outcome, before.length);
      for (const tally of tallies) {
        const transition = { on, env: limits, before, pages, call, outcome };
        if (!tally.invariant.applies(transition)) continue;
        tally.applied++;
        if (tally.invariant.holds(transition)) continue;
        tally.broken++;
        tally.path ??= [...history.pathTo(state, calls), call];
      }
      if (outcome.vmas === before) continue;
      const size = store.size;
      const successor = store.add(canonical(outcome.vmas));
      if (successor === size) {
        history.add(state, index);
        metFrom.push(-1);
      }
      if (successor !== state && metFrom[successor] !== state) {
        metFrom[successor] = state;
        edges++;
      }
    }
    if ((state & 0xff) === 0) progress?.({ states: store.size, transitions: work.transitions });
  }
  work.spaces = state;
  return {
    work: work.total(bounds.calls),
    findings: tallies.map(({ invariant, ...rest }) => ({ invariant: invariant.id, ...rest })),
    edges,
    largestCount,
    depth: history.depthOf(store.size - 1),
    complete: state === store.size,
  };
}
