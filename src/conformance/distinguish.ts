import { isDeepStrictEqual } from 'node:util';
import { type Machine, machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { type Kernel, wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import { randomScenarios } from './random.js';
import { replay } from './replay.js';
import type { Scenario } from './scenario.js';
import { SELDOM_MET } from './seldom.js';
import { bySize, smallerScenarios } from './smaller.js';

/** The random scenarios that are tried, always the same. */
const SEED = 1;
const ROUND = 2000;
const MOST_ROUNDS = 8;
/** Scenarios that tell two releases apart, where there are as many: a single one may be off for a reason of its own. */
const TIMES = 2;

/** What tells releases apart. */
export interface Distinguishing {
  readonly scenarios: readonly Scenario[];
  /** Releases that none of the scenarios tried tells apart, oldest first. */
  readonly groups: readonly (readonly Release[])[];
}

/** Two releases by their numbers, the lesser one first. */
interface Pair {
  readonly one: number;
  readonly other: number;
}

/** A scenario and pairs of releases that it tells apart. */
interface Split {
  readonly scenario: Scenario;
  readonly pairs: readonly Pair[];
}

/** How often each pair has been told apart. */
class Counts {
  private readonly counts = new Map<Pair, number>();

  of = (pair: Pair): number => this.counts.get(pair) ?? 0;

  add(pairs: readonly Pair[]): void {
    for (const pair of pairs) this.counts.set(pair, this.of(pair) + 1);
  }
}

/** An outcome as text, so that what can be seen of two is equal if and only if the texts are. */
function signature({ initial, steps }: ScenarioOutcome, hides: Kernel['hides']): string {
  const hidden = Object.fromEntries(hides.map((field) => [field, undefined]));
  const shown = hides.length === 0 ? steps : steps.map((step) => ({ ...step, ...hidden }));
  return JSON.stringify([initial, shown]);
}

/** The releases of a search, each asked only when somebody wants to know. */
class Panel {
  private readonly machines: readonly Machine[];

  constructor(
    releases: readonly Release[],
    private readonly hides: Kernel['hides'],
  ) {
    this.machines = releases.map((release) => machine(release));
  }

  /** What a release makes of a scenario, remembered; undefined where there is no outcome. */
  ask(scenario: Scenario): (release: number) => string | undefined {
    const known = new Map<number, string | undefined>();
    return (release) => {
      if (!known.has(release)) {
        const outcome = modelled(this.machines[release] as Machine, scenario);
        const seen = outcome !== undefined && wasSetUp(outcome);
        known.set(release, seen ? signature(outcome, this.hides) : undefined);
      }
      return known.get(release);
    };
  }

  /** Whether a scenario has an outcome on all releases; only such are fit for evidence. */
  isFit = (scenario: Scenario): boolean => {
    const says = this.ask(scenario);
    return this.machines.every((_, release) => says(release) !== undefined);
  };

  /** The pairs that a scenario tells apart. */
  split(scenario: Scenario, pairs: readonly Pair[]): Pair[] {
    const says = this.ask(scenario);
    return pairs.filter(({ one, other }) => says(one) !== says(other));
  }

  /** Whether it tells all of them apart; ends at the first that it does not. */
  splitsAll(scenario: Scenario, pairs: readonly Pair[]): boolean {
    const says = this.ask(scenario);
    return pairs.every(({ one, other }) => says(one) !== says(other));
  }

  /** What the first release makes of a scenario that is fit. */
  example(scenario: Scenario): ScenarioOutcome {
    return replay(this.machines[0] as Machine, scenario);
  }
}

const pairsOf = (count: number): Pair[] =>
  Array.from({ length: count }, (_, one) =>
    Array.from({ length: count - one - 1 }, (__, k) => ({ one, other: one + 1 + k })),
  ).flat();

/** The scenarios of a round: random ones, in the first behind those that such hardly come to. */
function* scenariosOf(round: number): Generator<Scenario> {
  if (round === 0) yield* SELDOM_MET;
  yield* randomScenarios(ROUND, SEED + round);
}

/** Scenarios between two times that an interruption is looked for. */
const BETWEEN = 50;

/** Lets signals in; throws what the signal says if it is to end. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** Scenarios that tell any of the pairs apart, until each has been often enough. */
async function splitting(
  panel: Panel,
  pairs: readonly Pair[],
  found: Counts,
  signal: AbortSignal | undefined,
): Promise<Split[]> {
  const splits: Split[] = [];
  let open = pairs;
  for (let round = 0; round < MOST_ROUNDS && open.length > 0; round++) {
    let tried = 0;
    for (const scenario of scenariosOf(round)) {
      if (tried++ % BETWEEN === 0) await breathe(signal);
      const apart = panel.split(scenario, open);
      if (apart.length === 0 || !panel.isFit(scenario)) continue;
      found.add(apart);
      splits.push({ scenario, pairs: apart });
    }
    open = open.filter((pair) => found.of(pair) < TIMES);
  }
  return splits;
}

/** The scenario that tells most of the pairs apart that are wanted, the smallest of several. */
function bestOf(splits: readonly Split[], isWanted: (pair: Pair) => boolean): Split | undefined {
  let best: Split | undefined;
  for (const { scenario, pairs } of splits) {
    const wanted = pairs.filter(isWanted);
    const more = wanted.length - (best?.pairs.length ?? 0);
    if (more > 0 || (more === 0 && best !== undefined && bySize(scenario, best.scenario) < 0)) {
      best = { scenario, pairs: wanted };
    }
  }
  return best;
}

/** The smallest scenario found that still tells the pairs apart. */
function shrunk(panel: Panel, { scenario, pairs }: Split): Scenario {
  const outcome = panel.example(scenario);
  const next = smallerScenarios(scenario, outcome).find(
    (smaller) => panel.splitsAll(smaller, pairs) && panel.isFit(smaller),
  );
  return next === undefined ? scenario : shrunk(panel, { scenario: next, pairs });
}

/** Few scenarios that tell apart every pair that some of these do, each `TIMES` times where that many do. */
async function cover(
  panel: Panel,
  splits: readonly Split[],
  found: Counts,
  signal: AbortSignal | undefined,
): Promise<Scenario[]> {
  const covered = new Counts();
  const isWanted = (pair: Pair): boolean => covered.of(pair) < Math.min(TIMES, found.of(pair));
  const chosen: Scenario[] = [];
  let left = splits;
  for (;;) {
    await breathe(signal);
    const best = bestOf(left, isWanted);
    if (best === undefined) return chosen.map((one, i) => ({ ...one, id: `tells-${i + 1}` }));
    left = left.filter(({ scenario }) => scenario !== best.scenario);
    covered.add(best.pairs);
    // Two may shrink to the same.
    const small = { ...shrunk(panel, best), id: '' };
    if (!chosen.some((one) => isDeepStrictEqual(one, small))) chosen.push(small);
  }
}

/**
 * Scenarios that tell apart every two releases that any of the scenarios tried tells apart: random ones and a
 * few others, the same in each run, of which as few are taken as a greedy cover needs, each made small.
 *
 * @param hides fields in which the releases may not be told apart
 * @param signal ends it, with what the signal says thrown
 */
export async function distinguishing(
  releases: readonly Release[],
  hides: Kernel['hides'],
  signal?: AbortSignal,
): Promise<Distinguishing> {
  const panel = new Panel(releases, hides);
  const pairs = pairsOf(releases.length);
  const found = new Counts();
  const splits = await splitting(panel, pairs, found, signal);
  const isAlike = (one: number, other: number): boolean =>
    pairs.some((pair) => pair.one === one && pair.other === other && found.of(pair) === 0);
  const groups = releases.flatMap((release, one) =>
    releases.some((_, earlier) => isAlike(earlier, one))
      ? []
      : [[release, ...releases.filter((_, other) => isAlike(one, other))]],
  );
  return { scenarios: await cover(panel, splits, found, signal), groups };
}
