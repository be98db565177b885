import { type Kernel, type Ran, wasSetUp } from '../../src/conformance/kernel.js';
import type { StepOutcome } from '../../src/conformance/outcome.js';
import { releaseOf } from '../../src/conformance/release-of.js';
import { CannotSetUp, replay } from '../../src/conformance/replay.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { type Machine, machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { firstDifference, type Observed, scenariosOf } from '../conformance/records.js';

/** Every recorded scenario. */
export const recorded: readonly Scenario[] = [
  'core.jsonl',
  'moves.jsonl',
  'extended.jsonl',
].flatMap(scenariosOf);

function modelled(on: Machine, scenario: Scenario): Ran {
  try {
    return replay(on, scenario);
  } catch (error) {
    if (error instanceof CannotSetUp) return { id: scenario.id, cannotSetUp: error.message };
    throw error;
  }
}

/** What the kernel shows; the rest as the model has it, so that it is no difference. */
function shown(hides: Kernel['hides'], kernel: Observed, model: Observed): Observed {
  const steps = kernel.steps.map((step, i): StepOutcome => {
    const same = model.steps[i];
    return same === undefined
      ? step
      : { ...step, ...Object.fromEntries(hides.map((field) => [field, same[field]])) };
  });
  return { ...kernel, steps };
}

function difference(
  scenario: Scenario,
  hides: Kernel['hides'],
  kernel: Ran,
  model: Ran,
): string | undefined {
  if (wasSetUp(kernel) && wasSetUp(model)) {
    return firstDifference({ scenario, observed: shown(hides, kernel, model) }, model);
  }
  const [mine, theirs] = [model, kernel].map((ran) =>
    wasSetUp(ran) ? 'was set up' : ran.cannotSetUp,
  );
  return mine === theirs ? undefined : `${scenario.id}: the model ${mine}, the kernel ${theirs}`;
}

/** In what a kernel differs from a release on the recorded scenarios: one difference each, all fields but those that it hides. */
export function differences(kernel: Kernel, ran: readonly Ran[], release: Release): string[] {
  const on = machine(release);
  return recorded.flatMap((scenario, i) => {
    const found = difference(scenario, kernel.hides, ran[i] as Ran, modelled(on, scenario));
    return found === undefined ? [] : [found];
  });
}

/** The release that a kernel is expected to behave as; throws where there is none. */
export function expectedRelease(kernel: Kernel): Release {
  const release = releaseOf(kernel.version);
  if (release === undefined) throw new RangeError(`no release stands for ${kernel.version}`);
  return release;
}
