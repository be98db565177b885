import { dropped } from '../model/edits.js';
import type { Outcome } from '../model/outcome.js';
import { type Machine, machine } from '../model/plan.js';
import { remembered } from '../model/remembered.js';
import type { Env } from '../model/state.js';
import type { Transition } from './invariant.js';
import { type Rerun, Reruns } from './reruns.js';

const relaxed = new WeakMap<Machine, Map<string, Machine>>();

/** The release without one of its steps; made once. */
function without(on: Machine, step: string): Machine {
  const variants = remembered(relaxed, on, () => new Map<string, Machine>());
  return remembered(variants, step, () => machine(dropped('mremap', step)(on.release), on.causes));
}

const reruns = new Reruns();

/** What an mremap() would have done had the check that refused it not been there, and under which limits alike. */
export const uncheckedRerun = (
  { on, before, pages, call, outcome: refused }: Transition,
  limits: Env,
): Rerun => reruns.run(without(on, refused.step.name), limits, before, pages, call);

/** What it would have done. */
export const unchecked = (t: Transition, limits: Env): Outcome => uncheckedRerun(t, limits).outcome;
