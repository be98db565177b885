import type { Invariant } from '../../invariants/invariant.js';
import type { Call } from '../../model/calls.js';
import type { Machine } from '../../model/plan.js';
import type { ReachBounds } from '../bounds.js';
import { callsOf } from '../calls.js';
import { checkReachBounds } from '../check-bounds.js';
import type { Work } from '../tally.js';
import type { Broken } from './breaches.js';
import { Expander, type ReachOptions } from './expander.js';
import { Fresh } from './fresh.js';
import { KeptStates } from './kept-states.js';
import { addMerged, type Merged, withMirrored } from './merged.js';
import { type Mirror, mirrorOf } from './mirror.js';

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

/** A breadth-first search under way. */
class Search {
  private readonly calls: readonly Call[];
  private readonly expander: Expander;
  private readonly mirror: Mirror | undefined;
  private readonly states: KeptStates;
  private readonly fresh: Fresh;
  private edges = 0;

  constructor(
    release: Machine,
    private readonly bounds: ReachBounds,
    invariants: readonly Invariant[],
    options: ReachOptions,
  ) {
    checkReachBounds(bounds);
    this.calls = callsOf(bounds);
    this.expander = new Expander(release, bounds, invariants, options);
    this.fresh = new Fresh(this.expander, bounds);
    const { mirror = true } = options;
    this.mirror = mirror ? mirrorOf(release.release, bounds, invariants) : undefined;
    this.states = new KeptStates(this.mirror);
  }

  search(): Reach {
    this.states.add([], 0, 0);
    this.expand(0);
    // The empty window is its own mirror image.
    const first = this.takeFound();
    let state = 1;
    while (state < this.states.size && this.states.sizeInAll <= this.bounds.maxStates) {
      this.expand(state++);
    }
    const further = this.takeFound();
    const all = addMerged(first, this.mirror === undefined ? further : withMirrored(further));
    return {
      ...all,
      findings: all.findings.map((broken) => this.finding(broken)),
      depth: this.states.depthOf(this.states.size - 1),
      complete: state === this.states.size,
    };
  }

  /** What came out of the states that were expanded since that was asked last. */
  private takeFound(): Merged {
    const { edges, expander } = this;
    const { total: work, findings, largestCount } = expander;
    this.edges = 0;
    expander.countAnew();
    return { work, findings, edges, largestCount };
  }

  private finding({ invariant, applied, broken, state, call }: Broken): ReachFinding {
    const path =
      state < 0 ? undefined : [...this.states.pathTo(state, this.calls), this.calls[call] as Call];
    return { invariant, applied, broken, path };
  }

  /** Makes every call in one state, and gives new states their numbers, in the order of the calls that lead there. */
  private expand(state: number): void {
    const { expander } = this;
    expander.expand(state, this.states.get(state));
    this.edges += expander.successors.length;
    for (const space of this.fresh.take()) {
      this.states.add(expander.space(space), state, expander.firstCall(space));
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
  options: ReachOptions = {},
): Reach => new Search(on, bounds, invariants, options).search();
