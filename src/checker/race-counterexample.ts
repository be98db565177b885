import type { Invariant } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Machine } from '../model/plan.js';
import { env } from '../model/state.js';
import type { RaceBounds } from './bounds.js';
import type { Finding, Witness } from './findings.js';
import { type Built, firstBuilt } from './first-built.js';
import type { HistorySearch } from './history.js';
import {
  type Deed,
  endings,
  isEnabled,
  isOver,
  keyOf,
  type Moment,
  proceed,
  readsOf,
  type Situation,
  start,
} from './interleaving.js';
import { combinations, deedsUnder, transitionsOf } from './race.js';
import { endOf, sequentialEnds } from './sequential.js';

/** A race that breaks an invariant, with all that is needed to understand and to repeat it. */
export interface RaceCounterexample {
  readonly release: string;
  readonly invariant: string;
  readonly explanation: string;
  /** Pages of the window. */
  readonly pages: number;
  /** max_map_count when the race begins. */
  readonly limit: number;
  /** Calls that build the address space, with no limit in the way. */
  readonly history: HistorySearch;
  readonly before: Vmas;
  /** What each thread does, in the order of the bounds. */
  readonly deeds: readonly Deed[];
  /** The interleaving, step by step. */
  readonly moments: readonly Moment[];
  readonly after: Vmas;
  readonly limitAfter: number;
  /** What each thread's call returned, or its reader saw; undefined for one that lowers the limit. */
  readonly results: readonly (number | undefined)[];
}

/** A way to a situation. */
interface Way {
  readonly at: Situation;
  readonly by: Way | undefined;
  /** The thread that went on last. */
  readonly last: number;
}

const turnsOf = (way: Way): number[] =>
  way.by === undefined ? [] : [...turnsOf(way.by), way.last];

/** The way with the fewest changes from thread to thread to an end that `breaks`. */
function shortest(first: Situation, breaks: (end: Situation) => boolean): number[] {
  let now: Way[] = [{ at: first, by: undefined, last: -1 }];
  const met = new Set<string>();
  while (now.length > 0) {
    const switched: Way[] = [];
    // Ways that go on with the same thread are appended while the list is worked through.
    for (const way of now) {
      const key = `${way.last}|${keyOf(way.at)}`;
      if (met.has(key)) continue;
      met.add(key);
      if (isOver(way.at) && breaks(way.at)) return turnsOf(way);
      for (let i = 0; i < way.at.threads.length; i++) {
        if (!isEnabled(way.at, i)) continue;
        const further = { at: proceed(way.at, i, true), by: way, last: i };
        (i === way.last || way.last < 0 ? now : switched).push(further);
      }
    }
    now = switched;
  }
  throw new Error('a race that was found to break an invariant keeps it');
}

function assemble(
  on: Machine,
  bounds: RaceBounds,
  invariant: Invariant,
  { place: witness, before, history }: Built<Witness>,
): RaceCounterexample {
  const { limit } = witness;
  const combination = combinations(bounds)[witness.call];
  const deeds = combination && deedsUnder(combination, limit, bounds.limits[0]);
  if (deeds === undefined) throw new Error('a witness out of bounds');
  const limits = env(limit, bounds.pages);
  const sequential = sequentialEnds(on, before, limits, deeds);
  const broken = (end: Situation) =>
    transitionsOf(end, before, limits, () => sequential.has(endOf(end))).find(
      (one) => invariant.applies(one) && !invariant.holds(one),
    );
  const turns = shortest(
    start(on, before, limits, deeds, true),
    (end) => broken(end) !== undefined,
  );
  const moments: Moment[] = [];
  const follow = (moment: Moment): void => {
    moments.push(moment);
  };
  const end = turns.reduce(
    (s, thread) => proceed(s, thread, true, follow),
    start(on, before, limits, deeds, true, follow),
  );
  const breach = broken(end);
  if (breach === undefined) throw new Error(`${invariant.id} is kept when the race is repeated`);
  const results = endings(end).map((one) => one.end.outcome.result);
  const reads = readsOf(end);
  return {
    release: on.release.id,
    invariant: invariant.id,
    explanation: invariant.explain(breach),
    pages: bounds.pages,
    limit,
    history,
    before,
    deeds,
    moments,
    after: end.shared.vmas,
    limitAfter: end.shared.env.maxMapCount,
    results: deeds.map(({ does }) =>
      does === 'call' ? results.shift() : does === 'read' ? reads.shift() : undefined,
    ),
  };
}

/**
 * The smallest counterexample of a race search whose address space a sequence of calls builds; if none
 * of the kept ones has one, the smallest of all.
 */
export function fromRaces(
  on: Machine,
  bounds: RaceBounds,
  invariant: Invariant,
  finding: Finding,
): RaceCounterexample | undefined {
  const built = firstBuilt(on, bounds, finding.witnesses);
  return built && assemble(on, bounds, invariant, built);
}
