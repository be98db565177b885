import type { Call } from '../model/calls.js';
import { type Machine, refusal } from '../model/run.js';
import type { EnumerateBounds } from './bounds.js';

/**
 * Calls that end alike in every address space and under every limit, since the same step refuses them
 * all for their arguments, and the steps before it look at nothing in which they differ. Executing the
 * first of them stands for all: none changes anything, and no invariant looks at the arguments of a
 * call that they refuse. Every other call is a class of its own.
 */
export interface ArgumentClass<C extends Call> {
  readonly call: C;
  /** Index of the call in the list. */
  readonly index: number;
  /** Calls that it stands for. */
  readonly size: number;
}

/** Every call for itself. */
export const singleClasses = <C extends Call>(calls: readonly C[]): ArgumentClass<C>[] =>
  calls.map((call, index) => ({ call, index, size: 1 }));

/**
 * The classes of some calls, alike on each of the releases, in the order of their first calls.
 *
 * @param also what else must be equal within a class
 */
export function argumentClasses<C extends Call>(
  on: readonly Machine[],
  calls: readonly C[],
  { pages: taskEnd, classes: among }: Pick<EnumerateBounds, 'pages' | 'classes'>,
  also: (call: C) => string = () => '',
): ArgumentClass<C>[] {
  const classes = new Map<string, ArgumentClass<C>>();
  const hugePages = among.some(({ kind }) => kind === 'hugetlb');
  calls.forEach((call, index) => {
    const steps = on.map((machine) => refusal(machine, call, taskEnd, hugePages));
    const key = steps.includes(undefined) ? `call ${index}` : [...steps, also(call)].join('; ');
    const known = classes.get(key);
    classes.set(
      key,
      known === undefined ? { call, index, size: 1 } : { ...known, size: known.size + 1 },
    );
  });
  return [...classes.values()];
}
