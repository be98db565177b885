import { machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import type { BreachTrace } from '../trace/trace.js';
import { pose } from './claim-scenario.js';
import { type Parting, partingOf } from './compare.js';
import { type Kernel, wasSetUp } from './kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import { type NotSurvived, Runner } from './runner.js';
import type { Scenario } from './scenario.js';

/**
 * What a kernel says of a counterexample: it does the same, it does something else or comes to its end, or
 * it cannot be asked.
 */
export type Answer =
  | {
      readonly state: 'confirmed' | 'refuted';
      readonly scenario: Scenario;
      readonly model: ScenarioOutcome;
      readonly kernel: ScenarioOutcome;
      /** Where they differ, if they do. */
      readonly parting: Parting | undefined;
    }
  | { readonly state: 'refuted'; readonly notSurvived: NotSurvived }
  | { readonly state: 'impossible'; readonly reason: string };

export interface Confirmation {
  readonly claim: BreachTrace;
  /** The release of which the counterexample is. */
  readonly release: Release;
  readonly answer: Answer;
}

/**
 * Replays counterexamples on a kernel, all in one go, and compares with what their release does; undefined
 * if it was interrupted.
 *
 * @param releaseFor the release that a claim is about
 */
export async function confirm(
  kernel: Kernel,
  claims: readonly BreachTrace[],
  releaseFor: (claim: BreachTrace) => Release,
  signal: AbortSignal,
): Promise<readonly Confirmation[] | undefined> {
  const posed = claims.map((claim, i) => {
    const release = releaseFor(claim);
    const question =
      claim.kind === 'race'
        ? { impossible: 'it is a race of threads' }
        : pose(machine(release), claim, `claim-${i}`);
    return { claim, release, question };
  });
  const scenarios = posed.flatMap(({ question }) =>
    'scenario' in question ? [question.scenario] : [],
  );
  const runner = new Runner(kernel, signal);
  const ran = await runner.run(scenarios);
  if (ran === undefined) return undefined;
  const outcomes = new Map(scenarios.map((scenario, i) => [scenario, ran[i]]));
  return posed.map(({ claim, release, question }) => {
    if ('impossible' in question) {
      return { claim, release, answer: { state: 'impossible', reason: question.impossible } };
    }
    const { scenario, model } = question;
    const notSurvived = runner.notSurvived.find((one) => one.scenario === scenario);
    if (notSurvived !== undefined) {
      return { claim, release, answer: { state: 'refuted', notSurvived } };
    }
    const theirs = outcomes.get(scenario);
    if (theirs === undefined || !wasSetUp(theirs)) {
      const reason = `the kernel cannot set it up: ${theirs?.cannotSetUp}`;
      return { claim, release, answer: { state: 'impossible', reason } };
    }
    const parting = partingOf(model, theirs, kernel.hides);
    const state = parting === undefined ? 'confirmed' : 'refuted';
    return { claim, release, answer: { state, scenario, model, kernel: theirs, parting } };
  });
}
