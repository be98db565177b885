import { modelCall } from '../input/call.js';
import type { Machine } from '../model/plan.js';
import { env } from '../model/state.js';
import { MAX_PAGES } from '../model/vma.js';
import type { ScenarioOutcome, StepOutcome } from './outcome.js';
import { Running, UNLIMITED } from './running.js';
import type { Scenario } from './scenario.js';

/** The set-up writes where nothing writable is mapped: no kernel has an outcome either. */
export class CannotSetUp extends Error {
  override readonly name = 'CannotSetUp';
}

/**
 * The outcome of a scenario; throws CannotSetUp, or ModelLimitError where it leaves what the model can
 * hold.
 */
export function replay(on: Machine, scenario: Scenario): ScenarioOutcome {
  const running = new Running(on, scenario.pages);
  for (const call of scenario.setup) {
    const outcome = running.perform(modelCall(call), UNLIMITED);
    if (call.call === 'touch' && outcome.result < 0) {
      throw new CannotSetUp(
        `its set-up writes to pages ${call.addr} to ${call.addr + call.len - 1}, which are not all writable`,
      );
    }
  }
  const initial = running.view();
  const before = running.counters();
  const limits = env(before.mapCount + scenario.headroom, MAX_PAGES);
  const steps = scenario.calls.map((call): StepOutcome => {
    const outcome = running.perform(modelCall(call), limits);
    const now = running.counters();
    return {
      result: running.resultOf(outcome),
      mapCountDelta: now.mapCount - before.mapCount,
      totalVmDelta: now.totalVm - before.totalVm,
      lockedVm: now.lockedVm,
      committedDelta: now.committed - before.committed,
      ...running.view(),
    };
  });
  return { id: scenario.id, kernel: `model:${on.release.id}`, initial, steps };
}
