import type { Invariant } from '../../invariants/invariant.js';
import type { Machine } from '../../model/plan.js';
import type { ReachBounds } from '../bounds.js';
import { Expander, type ReachOptions } from './expander.js';
import { Fresh } from './fresh.js';
import type { Merged } from './merged.js';
import { PackedSuccessors, unpacked } from './packed.js';

/** States of a reach search that are expanded together, wherever that is. */
export interface Slice {
  /** Slices are numbered in the order of their states. */
  readonly number: number;
  /** The number of its first state. */
  readonly from: number;
  /** Its states, packed. */
  readonly states: Int32Array;
}

/** What came out of the states of a slice, those alone that were in it. */
export interface Expansion extends Merged {
  readonly number: number;
  /**
   * Packed: where they lead to, each once, with the first state and call that lead there, in their order.
   * What states of slices before this one lead to may be left out.
   */
  readonly successors: Int32Array;
}

/**
 * Expands slices of one search, as they come. It remembers what it has named of slices before, and does
 * not name it again: who puts slices together has merged those first, whoever expanded them. So what a
 * state is found by is named as often as there are expanders, and not as often as it is met.
 */
export class SliceExpander {
  private readonly expander: Expander;
  /** Remembers what was named in this slice or before. */
  private readonly fresh: Fresh;
  private latest = -1;

  constructor(
    release: Machine,
    bounds: ReachBounds,
    invariants: readonly Invariant[],
    options: ReachOptions = {},
  ) {
    this.expander = new Expander(release, bounds, invariants, options);
    this.fresh = new Fresh(this.expander, bounds);
  }

  expand({ number, from, states }: Slice): Expansion {
    const { expander } = this;
    // One that is asked for again may never have arrived.
    if (number <= this.latest) this.fresh.forget();
    this.latest = number;
    expander.countAnew();
    const found = new PackedSuccessors();
    let edges = 0;
    let index = 0;
    for (const vmas of unpacked(states)) {
      expander.expand(from + index, vmas);
      edges += expander.successors.length;
      for (const space of this.fresh.take()) {
        found.add(index, expander.firstCall(space), expander.space(space));
      }
      index++;
    }
    const { total: work, findings, largestCount } = expander;
    return { number, successors: found.packed, edges, work, findings, largestCount };
  }
}
