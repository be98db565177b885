import { CannotSetUp, replay } from '../conformance/replay.js';
import { type Scenario, scenarioFrom } from '../conformance/scenario.js';
import { BadInput } from '../input/bad-input.js';
import { type Call, flagNames } from '../model/calls.js';
import type { Moment } from './moment.js';

/** As many map slots as a scenario can ask for, and as good as no limit. */
const NO_LIMIT = 1_000_000;

const written = (call: Call): object =>
  call.call === 'mremap' ? { ...call, flags: flagNames(call.flags) } : call;

/**
 * What was called, as a scenario that ends in the same way on the same release. Without a limit, all
 * calls are looked at and none is set-up. Throws BadInput where a scenario has no words for a call, or no
 * outcome.
 */
export function savedScenario({ script, under }: Moment, id: string): Scenario {
  const { pages, setup, calls } = script;
  const parts =
    under.headroom === undefined
      ? { headroom: NO_LIMIT, setup: [], calls: setup }
      : { headroom: under.headroom, setup, calls };
  const { headroom } = parts;
  const scenario = scenarioFrom(
    { id, pages, headroom, setup: parts.setup.map(written), calls: parts.calls.map(written) },
    'save: as a scenario',
  );
  try {
    replay(under.on, scenario);
  } catch (error) {
    if (error instanceof CannotSetUp)
      throw new BadInput(`save: found a scenario that has no outcome: ${error.message}`);
    throw error;
  }
  return scenario;
}
