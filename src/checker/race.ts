import type { Invariant, RaceView, Transition } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Machine } from '../model/plan.js';
import type { CallName } from '../model/release.js';
import { type Env, env } from '../model/state.js';
import type { RaceBounds, RaceThread } from './bounds.js';
import { callsOf } from './calls.js';
import { checkBounds, checkPart } from './check-bounds.js';
import { addFindings, type Finding, FindingTally } from './findings.js';
import {
  type Deed,
  endings,
  isEnabled,
  isOver,
  keyOf,
  proceed,
  readsOf,
  type Situation,
  start,
} from './interleaving.js';
import { endOf, sequentialEnds } from './sequential.js';
import { addressSpaces } from './spaces.js';
import { addWork, scopeOf, type Work, WorkTally } from './tally.js';

/** What a search through races has found. */
export interface RaceSearch {
  /** `transitions` counts the calls of every behaviour. */
  readonly work: Work;
  /** The witnesses' `call` is an index in `combinations(bounds)`. */
  readonly findings: readonly Finding[];
  /** Each an address space, a limit, and what every thread does. */
  readonly races: number;
  /** What can come of the races: any two differ in something that a call, a reader or a judge sees. */
  readonly behaviours: number;
  /** Interleavings that were told apart; of single steps, without the reduction. */
  readonly interleavings: number;
}

/** Which piece of a search to do, and how; `part` of `parts` as in an enumeration. */
export interface RaceOptions {
  readonly part?: number;
  readonly parts?: number;
  /** Pause a thread only where it matters to another; off pauses at every step. Changes `interleavings` alone. */
  readonly blocks?: boolean;
}

/** What one thread can do, plain things first; lowering is told by how far. */
function deedsOf(thread: RaceThread, bounds: RaceBounds): Deed[] {
  if (thread.does === 'read') return [thread];
  const [least, greatest] = bounds.limits;
  if (thread.does === 'lower') {
    return Array.from({ length: greatest - least }, (_, i) => ({ does: 'lower', limit: -1 - i }));
  }
  const { pages, classes } = bounds;
  const listed = callsOf({ pages, classes, calls: thread.calls, mremap: thread.mremap });
  return [...thread.given, ...listed].map((call) => ({ does: 'call', call }));
}

/**
 * Every combination of what the threads do, plain ones first. A limit that is lowered is given less the
 * limit before.
 */
export function combinations(bounds: RaceBounds): readonly (readonly Deed[])[] {
  const all = bounds.threads.reduce<{ readonly deeds: readonly Deed[]; readonly rank: number }[]>(
    (sofar, thread) => {
      const next = deedsOf(thread, bounds);
      return sofar.flatMap(({ deeds, rank }) =>
        next.map((deed, i) => ({ deeds: [...deeds, deed], rank: rank + i })),
      );
    },
    [{ deeds: [], rank: 0 }],
  );
  // Stable: those of equal rank stay in the order of their threads.
  return all.sort((a, b) => a.rank - b.rank).map(({ deeds }) => deeds);
}

/** The combination under a limit; undefined where it would lower the limit too far. */
export function deedsUnder(
  deeds: readonly Deed[],
  limit: number,
  least: number,
): readonly Deed[] | undefined {
  const under = deeds.map((deed) =>
    deed.does === 'lower' ? { ...deed, limit: limit + deed.limit } : deed,
  );
  return under.some((deed) => deed.does === 'lower' && deed.limit < least) ? undefined : under;
}

/** The calls of a race that is over, each as the invariants see it. */
export function transitionsOf(
  over: Situation,
  before: Vmas,
  limits: Env,
  isSequential: () => boolean,
): Transition[] {
  const calls = endings(over);
  const lowered = over.threads.some(({ deed }) => deed.does === 'lower');
  const whole: RaceView['whole'] = {
    sequential: isSequential,
    reads: readsOf(over),
    allowed: Math.max(limits.maxMapCount, before.length),
  };
  return calls.map(({ call, end }, i) => ({
    on: over.on,
    env: end.env,
    before: end.before,
    pages: frameTokens(end.before, over.pages),
    call,
    outcome: end.outcome,
    race: i === calls.length - 1 ? { lowered, whole } : { lowered },
  }));
}

/** All interleavings of one race. */
class Interleavings {
  /** The ends, one for each behaviour, in the order in which they are met. */
  readonly ends: Situation[] = [];
  private readonly paths = new Map<string, number>();

  constructor(private readonly blocks: boolean) {}

  /** Goes on in every way; returns in how many. What was met before is not searched again. */
  explore(s: Situation): number {
    const key = keyOf(s);
    const known = this.paths.get(key);
    if (known !== undefined) return known;
    let paths = 0;
    if (isOver(s)) {
      this.ends.push(s);
      paths = 1;
    } else {
      for (let i = 0; i < s.threads.length; i++) {
        if (isEnabled(s, i)) paths += this.explore(proceed(s, i, this.blocks));
      }
    }
    this.paths.set(key, paths);
    return paths;
  }
}

/** Everything of one run of `racePart`. */
class Search {
  readonly work: WorkTally;
  readonly tallies: readonly FindingTally[];
  races = 0;
  behaviours = 0;
  interleavings = 0;

  constructor(
    private readonly on: Machine,
    invariants: readonly Invariant[],
    private readonly blocks: boolean,
  ) {
    this.work = new WorkTally(on);
    this.tallies = invariants.map((invariant) => new FindingTally(invariant));
  }

  race(space: number, before: Vmas, limits: Env, call: number, deeds: readonly Deed[]): void {
    const { on, blocks } = this;
    const interleavings = new Interleavings(blocks);
    this.interleavings += interleavings.explore(start(on, before, limits, deeds, blocks));
    this.races++;
    this.behaviours += interleavings.ends.length;
    let ends: ReadonlySet<string> | undefined;
    const sequential = (): ReadonlySet<string> => {
      ends ??= sequentialEnds(on, before, limits, deeds);
      return ends;
    };
    const limit = limits.maxMapCount;
    const witness = { space, call, limit, failing: [], aboveLimit: before.length > limit };
    for (const end of interleavings.ends) {
      for (const { end: one } of endings(end)) {
        this.work.addSteps(one.outcome, one.steps, one.before.length);
      }
      for (const one of transitionsOf(end, before, limits, () => sequential().has(endOf(end)))) {
        for (const tally of this.tallies) {
          if (!tally.applies(one)) continue;
          tally.applied++;
          if (!tally.holds(one)) tally.break(witness, 1);
        }
      }
    }
  }
}

/** Names of the calls that threads make. */
const callNames = (deeds: readonly (readonly Deed[])[]): CallName[] => [
  ...new Set(deeds.flat().flatMap((deed) => (deed.does === 'call' ? [deed.call.call] : []))),
];

/**
 * Runs every race of the bounds in every `parts`-th address space, from the one numbered `part` on, in
 * every interleaving: whoever holds the mmap lock keeps it to the end of its call, and all that others
 * do without the lock may come between any two of its steps.
 */
export function racePart(
  on: Machine,
  bounds: RaceBounds,
  invariants: readonly Invariant[],
  { part = 0, parts = 1, blocks = true }: RaceOptions = {},
): RaceSearch {
  checkBounds(bounds);
  checkPart(part, parts);
  const spaces = addressSpaces(bounds);
  const combined = combinations(bounds);
  const [least, greatest] = bounds.limits;
  const search = new Search(on, invariants, blocks);
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces.at(space);
    search.work.spaces++;
    for (let limit = least; limit <= greatest; limit++) {
      combined.forEach((deeds, call) => {
        const under = deedsUnder(deeds, limit, least);
        if (under === undefined) return;
        search.race(space, before, env(limit, bounds.pages), call, under);
      });
    }
  }
  const { races, behaviours, interleavings } = search;
  const findings = search.tallies.map((tally) => tally.total());
  return {
    work: search.work.total(scopeOf({ classes: bounds.classes, calls: callNames(combined) })),
    findings,
    races,
    behaviours,
    interleavings,
  };
}

/** Parts put together; the order does not matter. */
export const addRaces = (a: RaceSearch, b: RaceSearch): RaceSearch => ({
  work: addWork(a.work, b.work),
  findings: addFindings(a.findings, b.findings),
  races: a.races + b.races,
  behaviours: a.behaviours + b.behaviours,
  interleavings: a.interleavings + b.interleavings,
});
