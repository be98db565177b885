import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import type { ReachBounds } from '../bounds.js';
import { callsOf } from '../calls.js';
import type { Broken } from './breaches.js';
import { KeptStates } from './kept-states.js';
import { addMerged, type Merged, withMirrored } from './merged.js';
import type { Mirror } from './mirror.js';
import { eachSuccessor, PackedSuccessors, packed } from './packed.js';
import type { Reach, ReachFinding } from './reach.js';
import type { Expansion, Slice } from './slices.js';

/** How many states the slice that begins with a state has, if there are as many. */
export type Cutting = (from: number) => number;

const LEAST = 64;
const MOST = 4096;

/** Calls of some seconds, in all states of a slice. */
const CALLS = 30_000_000;

/** A small search is cut finely, so that all have something to do; a large one into seconds at most. */
function bySize(calls: number): Cutting {
  const most = Math.max(1, Math.min(MOST, Math.floor(CALLS / calls)));
  return (from) => Math.min(most, Math.max(LEAST, Math.floor(from / 64)));
}

/** Slices that are under way or wait for one before them, at most: they take memory. */
const AHEAD = 64;

/** A slice that is not merged. */
interface Cut {
  readonly from: number;
  readonly to: number;
  /** There if it came before its turn. */
  expansion: Expansion | undefined;
}

/**
 * A breadth-first search whose states are expanded elsewhere, in slices. It numbers states in the order of
 * the slices, as `reach` does one by one, whatever the order in which they come back; where slices are cut
 * depends on the numbers of states alone. So all that it finds is the same as there.
 */
export class Frontier {
  private readonly states: KeptStates;
  private readonly cuts = new Map<number, Cut>();
  /** The slice to be merged next, and that to be cut next with its first state. */
  private turn = 0;
  private next = 0;
  private cutTo = 0;
  /** A slice to be handed out again. */
  private again: number | undefined;
  /** States that have been expanded, and what came out of them. */
  private expanded = 0;
  private merged: Merged | undefined;
  private readonly calls: readonly Call[];
  private readonly cutting: Cutting;

  /** @param mirror as `mirrorOf` finds it */
  constructor(
    private readonly bounds: ReachBounds,
    private readonly mirror: Mirror | undefined,
    cutting?: Cutting,
  ) {
    this.states = new KeptStates(mirror);
    this.calls = callsOf(bounds);
    this.cutting = cutting ?? bySize(this.calls.length);
    this.states.add([], 0, 0);
  }

  /** Whether all states have been expanded, or there are more than are allowed. */
  get isDone(): boolean {
    return this.isFull || this.expanded === this.states.size;
  }

  /** Calls made so far. */
  get transitions(): number {
    return this.merged?.work.transitions ?? 0;
  }

  /** What was found so far; nothing before the first slice is merged. */
  get found(): Reach | undefined {
    if (this.merged === undefined) return undefined;
    const { work, findings, edges, largestCount } = this.merged;
    return {
      work,
      findings: findings.map((broken) => this.finding(broken)),
      edges,
      largestCount,
      depth: this.states.depthOf(this.states.size - 1),
      complete: this.expanded === this.states.size,
    };
  }

  /** A slice to be expanded, if there is any before others have come back. */
  slice(): Slice | undefined {
    const number = this.again ?? this.cut();
    this.again = undefined;
    if (number === undefined) return undefined;
    const { from, to } = this.cuts.get(number) as Cut;
    return { number, from, states: packed(this.vmasOf(from, to)) };
  }

  /**
   * Takes what came out of a slice, once.
   *
   * @returns what was merged by that, in order, with the states alone that are new: given to `retake` one
   *   by one, it makes another frontier what this one is
   */
  take(expansion: Expansion): Expansion[] {
    const cut = this.cuts.get(expansion.number);
    // Of a slice that is merged, or was cut shorter since, nothing is left to be known.
    if (cut === undefined || expansion.work.spaces !== cut.to - cut.from) return [];
    cut.expansion = expansion;
    const merged: Expansion[] = [];
    for (;;) {
      const first = this.cuts.get(this.turn);
      if (first?.expansion === undefined) return merged;
      const end = this.endWithin(first, first.expansion);
      if (end === first.to) merged.push(this.merge(first, first.expansion));
      else this.shorten(first, end);
    }
  }

  /** Takes what was merged before an interruption; what does not come next is left to be done. */
  retake(expansion: Expansion): void {
    if (expansion.number !== this.turn || this.again !== undefined) return;
    this.again = this.cut();
    const cut = this.cuts.get(this.turn);
    if (cut === undefined) return;
    const end = cut.from + expansion.work.spaces;
    if (end < cut.to) this.shorten(cut, end);
    if (this.take(expansion).length > 0) this.again = undefined;
  }

  private get isFull(): boolean {
    return this.states.sizeInAll > this.bounds.maxStates;
  }

  private finding({ invariant, applied, broken, state, call }: Broken): ReachFinding {
    if (state < 0) return { invariant, applied, broken, path: undefined };
    const path = [...this.states.pathTo(state, this.calls), this.calls[call] as Call];
    return { invariant, applied, broken, path };
  }

  private *vmasOf(from: number, to: number): Generator<Vmas> {
    for (let state = from; state < to; state++) yield this.states.get(state);
  }

  /**
   * Cuts the next slice. It is short only if it has all states that there are once all slices before it
   * are merged; as long as that may change it is not cut.
   */
  private cut(): number | undefined {
    if (this.isFull || this.cuts.size >= AHEAD) return undefined;
    const from = this.cutTo;
    const full = from + this.cutting(from);
    if (full > this.states.size && this.cuts.size > 0) return undefined;
    const to = Math.min(full, this.states.size);
    if (from === to) return undefined;
    this.cuts.set(this.next, { from, to, expansion: undefined });
    this.cutTo = to;
    return this.next++;
  }

  /** Behind the state whose successors are too many, if there is one in the slice. */
  private endWithin({ from, to }: Cut, { successors }: Expansion): number {
    const room = this.bounds.maxStates - this.states.sizeInAll;
    // Two words are the least of one, and each may have its mirror image.
    if (successors.length <= room) return to;
    const fresh = new KeptStates(this.mirror);
    let end = to;
    eachSuccessor(successors, (index, call, vmas) => {
      if (end < to || this.states.has(vmas)) return;
      fresh.add(vmas, index, call);
      if (fresh.sizeInAll > room) end = from + index + 1;
    });
    return end;
  }

  /** Has a slice expanded once more up to where the search ends, since calls in later states do not count. */
  private shorten({ from }: Cut, to: number): void {
    this.cuts.clear();
    this.cuts.set(this.turn, { from, to, expansion: undefined });
    this.cutTo = this.states.size;
    this.again = this.turn;
  }

  private merge({ from, to }: Cut, expansion: Expansion): Expansion {
    const fresh = new PackedSuccessors();
    eachSuccessor(expansion.successors, (index, call, vmas) => {
      if (this.states.add(vmas, from + index, call)) fresh.add(index, call, vmas);
    });
    // The first slice is the empty window alone, its own mirror image.
    const all = this.mirror === undefined || from === 0 ? expansion : withMirrored(expansion);
    this.merged = this.merged === undefined ? all : addMerged(this.merged, all);
    this.expanded = to;
    this.cuts.delete(this.turn++);
    if (this.isFull) this.cuts.clear();
    return { ...expansion, successors: fresh.packed };
  }
}
