import type { Invariant } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { MremapCall } from '../model/calls.js';
import { type Machine, run, type Watch } from '../model/run.js';
import { type Env, env, type Pages } from '../model/state.js';
import { type ArgumentClass, argumentClasses, singleClasses } from './argument-classes.js';
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

  /** @param times how many calls the witness stands for */
  break(witness: Witness, times: number): void {
    this.broken += times;
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

export interface EnumerateOptions {
  /** This piece of the work, 0 to `parts` - 1. */
  readonly part?: number;
  readonly parts?: number;
  /** Execute one call of an argument class and count it for all; off executes every call. */
  readonly argumentClasses?: boolean;
}

/** Everything of one run of `enumeratePart`. */
interface Search {
  readonly on: Machine;
  readonly classes: readonly ArgumentClass<MremapCall>[];
  /** For each class, how its steps are counted. */
  readonly watches: readonly Watch[];
  readonly work: WorkTally;
  readonly tallies: readonly FindingTally[];
}

/** One call of each class in one address space under one limit. */
function searchOne(search: Search, space: number, before: Vmas, pages: Pages, limits: Env): void {
  const { on, classes, watches, work, tallies } = search;
  for (let i = 0; i < classes.length; i++) {
    const { call, index, size } = classes[i] as ArgumentClass<MremapCall>;
    const outcome = run(on, limits, before, pages, call, watches[i]);
    work.add(outcome, before.length, size);
    const transition = { on, env: limits, before, pages, call, outcome };
    for (let k = 0; k < tallies.length; k++) {
      const tally = tallies[k] as FindingTally;
      if (!tally.invariant.applies(transition)) continue;
      tally.applied += size;
      if (tally.invariant.holds(transition)) continue;
      const limit = limits.maxMapCount;
      tally.break({ space, call: index, limit, aboveLimit: before.length > limit }, size);
    }
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
  { part = 0, parts = 1, argumentClasses: reduce = true }: EnumerateOptions = {},
): Enumeration {
  const spaces = addressSpaces(bounds);
  const calls = mremapCalls(bounds.pages, bounds.mremap);
  const classes = reduce ? argumentClasses([on], calls, bounds.pages) : singleClasses(calls);
  const work = new WorkTally(on);
  const tallies = invariants.map((invariant) => new FindingTally(invariant));
  const watches = classes.map(({ size }) => work.watch(size));
  const search = { on, classes, watches, work, tallies };
  const [least, greatest] = bounds.limits;
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces[space] as Vmas;
    const pages = frameTokens(before, bounds.pages);
    work.spaces++;
    for (let limit = least; limit <= greatest; limit++) {
      searchOne(search, space, before, pages, env(limit, bounds.pages));
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
