import type { Call } from '../model/calls.js';
import type { Machine, Plan } from '../model/plan.js';
import { refusal } from '../model/refusal.js';

/**
 * Calls that end alike in every address space and under every limit, since the same step refuses them
 * all for their arguments, and the steps before it look at nothing in which they differ. Executing the
 * first of them stands for all: none changes anything, and of a call that they refuse an invariant looks
 * at no more of the arguments than its flags and what it says it does. Every other call is a class of its own.
 */
export interface ArgumentClass<C extends Call> {
  readonly call: C;
  /** Index of the call in the list. */
  readonly index: number;
  /** Calls that it stands for. */
  readonly size: number;
  /** The steps that decide it, on each of the machines. */
  readonly plans: readonly Plan[];
}

/** One to which calls are still added. */
type Counted<C extends Call> = Omit<ArgumentClass<C>, 'size'> & { size: number };

/** Every call for itself, by all of its steps. */
export const singleClasses = <C extends Call>(
  on: readonly Machine[],
  calls: readonly C[],
): ArgumentClass<C>[] =>
  calls.map((call, index) => ({
    call,
    index,
    size: 1,
    plans: on.map((machine) => machine.plan(call, false)),
  }));

/**
 * The classes of some calls, alike on each of the releases, in the order of their first calls.
 *
 * @param taskEnd first page after the address space
 * @param also what else must be equal within a class
 */
export function argumentClasses<C extends Call>(
  on: readonly Machine[],
  calls: readonly C[],
  taskEnd: number,
  also: (call: C) => string = () => '',
): ArgumentClass<C>[] {
  const classes: Counted<C>[] = [];
  const refused = new Map<string, Counted<C>>();
  calls.forEach((call, index) => {
    const steps = on.map((machine) => refusal(machine, call, taskEnd));
    const flags = call.call === 'mremap' ? call.flags : 0;
    const key = steps.includes(undefined) ? undefined : [flags, ...steps, also(call)].join('; ');
    const known = key === undefined ? undefined : refused.get(key);
    if (known !== undefined) {
      known.size++;
      return;
    }
    const plans = on.map((machine) => machine.leanPlan(call, taskEnd));
    const one = { call, index, size: 1, plans };
    classes.push(one);
    if (key !== undefined) refused.set(key, one);
  });
  return classes;
}
