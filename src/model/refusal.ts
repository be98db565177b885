import type { Call } from './calls.js';
import { type Machine, type Plan, seenBy } from './plan.js';
import { remembered } from './remembered.js';
import { env, initialState, RUNNING } from './state.js';
import type { Step } from './step.js';

/** By plan and place; thousands of calls are refused at the same. */
const known = new WeakMap<Plan, string[]>();

/** The steps of a plan up to a place, left out or not. */
function stepsUpTo(plan: Plan, place: number): string {
  const { steps, leftOut } = plan;
  const names = remembered(known, plan, () => []);
  names[place] ??= [
    ...leftOut.slice(0, place + 1).flat(),
    ...steps.slice(0, place + 1).map(({ name }) => name),
  ].join(' ');
  return names[place];
}

/**
 * What decides a call that some step refuses for its arguments: that step, those before it, left out or
 * not, and what they look at. Calls with equal answers end alike in every address space and under every
 * limit. Undefined for a call that its arguments alone do not refuse, or not before the address space is
 * looked at closely.
 */
export function refusal(on: Machine, call: Call, taskEnd: number): string | undefined {
  const state = initialState(env(0, taskEnd), [], [], call);
  const plan = on.plan(call, false);
  let seen = '';
  for (let place = 0; place < plan.steps.length; place++) {
    const step = plan.steps[place] as Step;
    if (step.sees === undefined || step.sees === 'huge pages') return undefined;
    if (step.sees !== 'arguments') seen += ` ${seenBy(step, call)}`;
    else if (step.run(state).result !== RUNNING) return `${stepsUpTo(plan, place)};${seen}`;
  }
  return undefined;
}
