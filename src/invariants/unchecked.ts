import { dropped } from '../model/edits.js';
import type { Outcome } from '../model/outcome.js';
import { type Machine, machine } from '../model/plan.js';
import type { Env } from '../model/state.js';
import type { Transition } from './invariant.js';
import { type Rerun, Reruns } from './reruns.js';

const relaxed = new WeakMap<Machine, Map<string, Machine>>();

/** The release without one of its steps; made once. */
function without(on: Machine, step: string): Machine {
  let variants = relaxed.get(on);
  if (variants === undefined) {
    variants = new Map();
    relaxed.set(on, variants);
  }
  let variant = variants.get(step);
  if (variant === undefined) {
    variant = machine(dropped('mremap', step)(on.release), on.causes);
    variants.set(step, variant);
  }
  return variant;
}

const reruns = new Reruns();

/** What an mremap() would have done had the check that refused it not been there, and under which limits alike. */
export const uncheckedRerun = (
  { on, before, pages, call, outcome: refused }: Transition,
  limits: Env,
): Rerun => reruns.run(without(on, refused.step.name), limits, before, pages, call);

/** What it would have done. */
export const unchecked = (t: Transition, limits: Env): Outcome => uncheckedRerun(t, limits).outcome;
