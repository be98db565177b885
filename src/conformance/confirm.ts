import type { Release } from '../model/release.js';
import type { BreachTrace } from '../trace/trace.js';
import { FIELDS, type Parting, partingOf } from './compare.js';
import { wordAt } from './disagreement.js';
import { type Kernel, type Ran, wasSetUp } from './kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import { type Asked, type Posable, questionOf, scenariosOf } from './question.js';
import { type NotSurvived, Runner } from './runner.js';
import type { Scenario } from './scenario.js';

/**
 * What a kernel says of a counterexample: it does the same, it does something else or comes to its end, or
 * it cannot be asked, or would not show it.
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

/** What a kernel made of each scenario, undefined of those that it did not survive. */
type Answers = ReadonlyMap<Scenario, Ran | undefined>;

/** Why the kernel has no answer, if it has none. */
function noAnswer(question: Posable, answers: Answers): string | undefined {
  for (const scenario of scenariosOf(question)) {
    const ran = answers.get(scenario);
    if (ran === undefined) {
      return 'the kernel survives it alone, but not what it was asked together with it';
    }
    if (!wasSetUp(ran)) return `the kernel cannot set it up: ${ran.cannotSetUp}`;
    const failed = ran.steps.findIndex((_, i) => wordAt(ran, i) !== 'ok');
    if (scenario === question.setUp && failed >= 0) {
      return `the kernel cannot set it up: ${scenario.calls[failed]?.call}() returns ${wordAt(ran, failed)}`;
    }
  }
  return undefined;
}

/** Compares each scenario; the first in which the kernel does something else is the answer. */
function answerOf(question: Posable, answers: Answers, hides: Kernel['hides']): Answer {
  const reason = noAnswer(question, answers);
  if (reason !== undefined) return { state: 'impossible', reason };
  const compared = ({ scenario, model, fields }: Asked) => {
    const kernel = answers.get(scenario) as ScenarioOutcome;
    const others = FIELDS.filter((field) => !fields.includes(field));
    return { scenario, model, kernel, parting: partingOf(model, kernel, [...hides, ...others]) };
  };
  const claimed = compared(question.claimed);
  const all = [claimed, ...question.besides.map(compared)];
  const parted = all.find(({ parting }) => parting !== undefined);
  return parted === undefined
    ? { state: 'confirmed', ...claimed }
    : { state: 'refuted', ...parted };
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
    const question = questionOf(claim, release, `claim-${i}`, kernel.hides);
    const scenarios = 'impossible' in question ? [] : scenariosOf(question);
    return { claim, release, question, scenarios };
  });
  const scenarios = posed.flatMap((one) => one.scenarios);
  const runner = new Runner(kernel, signal);
  const ran = await runner.run(scenarios);
  if (ran === undefined) return undefined;
  const answers = new Map(scenarios.map((scenario, i) => [scenario, ran[i]]));
  return posed.map(({ claim, release, question, scenarios: own }) => {
    if ('impossible' in question) {
      return { claim, release, answer: { state: 'impossible', reason: question.impossible } };
    }
    const notSurvived = runner.notSurvived.find(
      ({ scenario, others }) => others === undefined && own.includes(scenario),
    );
    const answer: Answer =
      notSurvived === undefined
        ? answerOf(question, answers, kernel.hides)
        : { state: 'refuted', notSurvived };
    return { claim, release, answer };
  });
}
