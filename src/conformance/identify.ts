import { machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { knownReleases } from '../model/releases/index.js';
import { partingOf } from './compare.js';
import { type Kernel, wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import { type NotSurvived, Runner } from './runner.js';
import type { Scenario } from './scenario.js';

/** A scenario that tells releases apart, and what the kernel made of it. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly kernel: ScenarioOutcome;
  /** The releases that do the same. */
  readonly alike: readonly Release[];
}

export interface Identification {
  /** The releases that did the same in every scenario, oldest first, stable ones behind; none tells these apart. */
  readonly matches: readonly Release[];
  /** Those that did the same most often, and how often. */
  readonly closest: readonly Release[];
  readonly agreeing: number;
  readonly evidence: readonly Evidence[];
  /** Scenarios that the kernel could not set up. */
  readonly notSetUp: number;
  /** Scenarios that it did not survive; no release does that. */
  readonly notSurvived: readonly NotSurvived[];
}

/**
 * Finds out as which releases a kernel behaves; undefined if it was interrupted.
 *
 * @param scenarios that tell releases apart in what the kernel shows
 */
export async function identify(
  kernel: Kernel,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): Promise<Identification | undefined> {
  const machines = knownReleases.map((release) => machine(release));
  const runner = new Runner(kernel, signal);
  const ran = await runner.run(scenarios);
  if (ran === undefined) return undefined;
  const evidence = ran.flatMap((theirs, i): Evidence[] => {
    const scenario = scenarios[i] as Scenario;
    if (theirs === undefined || !wasSetUp(theirs)) return [];
    const alike = machines.filter((on) => {
      const mine = modelled(on, scenario);
      const fits = mine !== undefined && wasSetUp(mine);
      return fits && partingOf(mine, theirs, kernel.hides) === undefined;
    });
    return [{ scenario, kernel: theirs, alike: alike.map(({ release }) => release) }];
  });
  const agreeing = knownReleases.map(
    (one) => evidence.filter(({ alike }) => alike.includes(one)).length,
  );
  const isAnswered = evidence.length > 0 && runner.notSurvived.length === 0;
  const most = Math.max(...agreeing);
  const closest = knownReleases.filter((_, i) => agreeing[i] === most);
  return {
    matches: isAnswered && most === evidence.length ? closest : [],
    closest,
    agreeing: most,
    evidence,
    notSetUp: ran.filter((one) => one !== undefined && !wasSetUp(one)).length,
    notSurvived: runner.notSurvived,
  };
}
