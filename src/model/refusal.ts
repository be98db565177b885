import type { Call } from './calls.js';
import { type Machine, seenBy } from './plan.js';
import { env, initialState, RUNNING } from './state.js';
import type { Step } from './step.js';

/**
 * What decides a call that some step refuses for its arguments: that step, those before it, left out or
 * not, and what they look at. Calls with equal answers end alike in every address space and under every
 * limit. Undefined for a call that its arguments alone do not refuse, or not before the address space is
 * looked at closely.
 */
export function refusal(on: Machine, call: Call, taskEnd: number): string | undefined {
  const state = initialState(env(0, taskEnd), [], [], call);
  const { steps, leftOut } = on.plan(call, false);
  for (let place = 0; place < steps.length; place++) {
    const step = steps[place] as Step;
    if (step.sees === undefined || step.sees === 'huge pages') return undefined;
    if (step.sees !== 'arguments' || step.run(state).result === RUNNING) continue;
    const before = steps.slice(0, place);
    // Which steps those are may depend on more of the arguments than the flags.
    const seen = (one: Step): string => (one.sees === 'arguments' ? '' : seenBy(one, call));
    const out = leftOut.slice(0, place + 1).flat();
    return [...out, ...before.flatMap((one) => [one.name, seen(one)]), step.name].join(' ');
  }
  return undefined;
}
