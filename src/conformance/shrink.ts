import type { Machine } from '../model/plan.js';
import { type Disagreement, disagreementOf, showsTheSame, wordAt } from './disagreement.js';
import { wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import type { Runner } from './runner.js';
import type { Scenario } from './scenario.js';
import { smallerScenarios } from './smaller.js';

/** Candidates that a kernel is asked at a time. */
const BATCH = 64;

/** Behind the call at which the two part there is nothing to see. */
function cut({ scenario, parting, model, kernel }: Disagreement): Disagreement {
  const calls = parting.call === 'set-up' ? 0 : parting.call + 1;
  return {
    scenario: { ...scenario, calls: scenario.calls.slice(0, calls) },
    parting,
    model: { ...model, steps: model.steps.slice(0, calls) },
    kernel: { ...kernel, steps: kernel.steps.slice(0, calls) },
  };
}

interface Candidate {
  readonly scenario: Scenario;
  readonly model: ScenarioOutcome;
}

/** Smaller scenarios of which the model says what it says of this one; the others need not be run. */
const candidatesFor = (on: Machine, { scenario, parting, model }: Disagreement): Candidate[] =>
  smallerScenarios(scenario, model).flatMap((smaller) => {
    const its = modelled(on, smaller);
    if (its === undefined || !wasSetUp(its)) return [];
    const call = parting.call === 'set-up' ? 'set-up' : smaller.calls.length - 1;
    return wordAt(its, call) === wordAt(model, parting.call)
      ? [{ scenario: smaller, model: its }]
      : [];
  });

/**
 * The smallest scenario found that shows the same disagreement, in steps of which each makes it smaller.
 * The kernel is asked many candidates at a time, since it is the asking that takes long: one by one, as
 * fast-check would, each costs a round trip. Ends early with the smallest so far on an abort.
 */
export async function shrunk(
  runner: Runner,
  on: Machine,
  found: Disagreement,
): Promise<Disagreement> {
  let smallest = cut(found);
  for (;;) {
    const next = await firstAlike(runner, candidatesFor(on, smallest), smallest);
    if (next === undefined) return smallest;
    smallest = cut(next);
  }
}

/** The first of some candidates that shows what a disagreement does. */
async function firstAlike(
  runner: Runner,
  candidates: readonly Candidate[],
  from: Disagreement,
): Promise<Disagreement | undefined> {
  for (let at = 0; at < candidates.length; at += BATCH) {
    const batch = candidates.slice(at, at + BATCH);
    const scenarios = batch.map(({ scenario }) => scenario);
    const ran = await runner.run(scenarios);
    if (ran === undefined) return undefined;
    for (const [i, { scenario, model }] of batch.entries()) {
      const theirs = ran[i];
      if (theirs === undefined || !wasSetUp(theirs)) continue;
      const disagreement = disagreementOf(scenario, model, theirs, runner.hides);
      if (disagreement !== undefined && showsTheSame(disagreement, from)) return disagreement;
    }
  }
  return undefined;
}
