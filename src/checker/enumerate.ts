import type { Invariant } from '../invariants/invariant.js';
import { type Machine, run } from '../model/run.js';
import { env } from '../model/state.js';
import type { EnumerateBounds } from './bounds.js';
import { mremapCalls } from './calls.js';
import { addressSpaces, frameTokens } from './spaces.js';
import { addWork, type Work, WorkTally } from './tally.js';

/** A call that breaks an invariant, by its place in the enumeration. */
export interface Witness {
  /** Index in `addressSpaces(bounds)`. */
  readonly space: number;
  /** Index in `mremapCalls(bounds)`. */
  readonly call: number;
  readonly limit: number;
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

export interface Enumeration {
  readonly work: Work;
  readonly findings: readonly Finding[];
}

/** Witnesses kept for an invariant: some address spaces have no history, so that the smallest may be of no use. */
const KEPT = 24;

const rank = (a: Witness, b: Witness): number =>
  Number(a.aboveLimit) - Number(b.aboveLimit) ||
  a.space - b.space ||
  a.call - b.call ||
  a.limit - b.limit;

/** The best of them, one an address space. */
function best(witnesses: readonly Witness[]): Witness[] {
  const kept: Witness[] = [];
  for (const witness of [...witnesses].sort(rank)) {
    if (!kept.some((other) => other.space === witness.space)) kept.push(witness);
    if (kept.length === KEPT) break;
  }
  return kept;
}

class FindingTally {
  applied = 0;
  broken = 0;
  private witnesses: Witness[] = [];
  /** Beyond this place in the ranking nothing is kept. */
  private worst: Witness | undefined;

  constructor(readonly invariant: Invariant) {}

  break(witness: Witness): void {
    this.broken++;
    if (this.worst !== undefined && rank(witness, this.worst) >= 0) return;
    this.witnesses.push(witness);
    if (this.witnesses.length >= 4 * KEPT) {
      this.witnesses = best(this.witnesses);
      this.worst = this.witnesses.length === KEPT ? this.witnesses[KEPT - 1] : undefined;
    }
  }

  total(): Finding {
    const { applied, broken } = this;
    return { invariant: this.invariant.id, applied, broken, witnesses: best(this.witnesses) };
  }
}

/**
 * Makes every call of the bounds in every `parts`-th address space, from the one numbered `part` on,
 * under every limit.
 */
export function enumeratePart(
  on: Machine,
  bounds: EnumerateBounds,
  invariants: readonly Invariant[],
  part = 0,
  parts = 1,
): Enumeration {
  const spaces = addressSpaces(bounds);
  const calls = mremapCalls(bounds.pages, bounds.mremap);
  const work = new WorkTally(on);
  const watch = { tally: work.steps };
  const tallies = invariants.map((invariant) => new FindingTally(invariant));
  const [least, greatest] = bounds.limits;
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces[space] ?? [];
    const pages = frameTokens(before, bounds.pages);
    work.spaces++;
    for (let limit = least; limit <= greatest; limit++) {
      const limits = env(limit, bounds.pages);
      for (let index = 0; index < calls.length; index++) {
        const call = calls[index];
        if (call === undefined) continue;
        const outcome = run(on, limits, before, pages, call, watch);
        work.add(outcome, before.length);
        const transition = { on, env: limits, before, pages, call, outcome };
        for (const tally of tallies) {
          if (!tally.invariant.applies(transition)) continue;
          tally.applied++;
          if (tally.invariant.holds(transition)) continue;
          tally.break({ space, call: index, limit, aboveLimit: before.length > limit });
        }
      }
    }
  }
  return { work: work.total(['mremap']), findings: tallies.map((tally) => tally.total()) };
}

/** Parts put together; the order does not matter. */
export function addEnumerations(a: Enumeration, b: Enumeration): Enumeration {
  return {
    work: addWork(a.work, b.work),
    findings: a.findings.map((finding, i) => {
      const other = b.findings[i];
      if (other?.invariant !== finding.invariant) throw new Error('parts of different searches');
      return {
        invariant: finding.invariant,
        applied: finding.applied + other.applied,
        broken: finding.broken + other.broken,
        witnesses: best([...finding.witnesses, ...other.witnesses]),
      };
    }),
  };
}
