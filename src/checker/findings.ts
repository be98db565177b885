import type { Invariant } from '../invariants/invariant.js';
import { bestPerSpace, KEPT } from './kept-witnesses.js';

/** A call that breaks an invariant, by its place in the enumeration. */
export interface Witness {
  /** Index in `addressSpaces(bounds)`. */
  readonly space: number;
  /** Index in `callsOf(bounds)`, or in the combinations of a race. */
  readonly call: number;
  readonly limit: number;
  /** Which points of failure fail, numbered as the call meets them. */
  readonly failing: readonly number[];
  /** map_count is above the limit already, which takes a lowered sysctl. */
  readonly aboveLimit: boolean;
}

/** What a search says of one invariant. */
export interface Finding {
  readonly invariant: string;
  /** Transitions that the invariant is about. */
  readonly applied: number;
  readonly broken: number;
  /** The smallest, at most one an address space, best first. */
  readonly witnesses: readonly Witness[];
}

/** In the order of the first numbers that differ; of equally many. */
function byNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}

/** Smaller is better. */
export const byRank = (a: Witness, b: Witness): number =>
  Number(a.aboveLimit) - Number(b.aboveLimit) ||
  a.failing.length - b.failing.length ||
  a.space - b.space ||
  a.call - b.call ||
  a.limit - b.limit ||
  byNumbers(a.failing, b.failing);

/** What a search has found of an invariant so far. */
export class FindingTally {
  applied = 0;
  broken = 0;
  private witnesses: Witness[] = [];
  /** Beyond this place in the ranking nothing is kept. */
  private worst: Witness | undefined;

  /** Of the invariant; invariants are objects of several shapes, and this is asked of every call. */
  readonly applies: Invariant['applies'];
  readonly holds: Invariant['holds'];
  readonly alikeUpTo: Invariant['alikeUpTo'];

  constructor(readonly invariant: Invariant) {
    this.applies = invariant.applies;
    this.holds = invariant.holds;
    this.alikeUpTo = invariant.alikeUpTo;
  }

  /** @param times how many calls the witness stands for */
  break(witness: Witness, times: number): void {
    this.broken += times;
    if (this.worst !== undefined && byRank(witness, this.worst) >= 0) return;
    const last = this.witnesses.at(-1);
    if (last?.space === witness.space) {
      if (byRank(witness, last) < 0) this.witnesses[this.witnesses.length - 1] = witness;
      return;
    }
    this.witnesses.push(witness);
    if (this.witnesses.length >= 4 * KEPT) {
      this.witnesses = bestPerSpace(this.witnesses, byRank);
      this.worst = this.witnesses.length === KEPT ? this.witnesses[KEPT - 1] : undefined;
    }
  }

  total(): Finding {
    const { applied, broken } = this;
    return {
      invariant: this.invariant.id,
      applied,
      broken,
      witnesses: bestPerSpace(this.witnesses, byRank),
    };
  }
}

/** Findings of two parts of a search; the invariants are the same. */
export const addFindings = (a: readonly Finding[], b: readonly Finding[]): Finding[] =>
  a.map((finding, i) => {
    const other = b[i];
    if (other?.invariant !== finding.invariant) throw new Error('parts of different searches');
    return {
      invariant: finding.invariant,
      applied: finding.applied + other.applied,
      broken: finding.broken + other.broken,
      witnesses: bestPerSpace([...finding.witnesses, ...other.witnesses], byRank),
    };
  });
