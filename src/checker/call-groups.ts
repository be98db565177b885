import type { Invariant } from '../invariants/invariant.js';
import type { Call } from '../model/calls.js';
import type { Machine, Plan } from '../model/plan.js';
import { type ArgumentClass, argumentClasses, singleClasses } from './argument-classes.js';
import { type CallBounds, callsOf } from './calls.js';

/**
 * Calls that begin alike: their plan is the same, and so is what its first steps look at. Where one of
 * these steps refuses, it refuses them all, with nothing changed; one run stands for all, for whatever
 * looks at no more of the arguments than the flags.
 */
export interface CallGroup {
  readonly plan: Plan;
  /** How many steps of the plan those are. */
  readonly looks: number;
  /** In the order of the calls. */
  readonly members: readonly ArgumentClass<Call>[];
  /** Calls in all. */
  readonly size: number;
}

/** Parts of one search ask for the same groups again and again. */
let latest:
  | { readonly on: Machine; readonly key: string; readonly groups: CallGroup[] }
  | undefined;

/**
 * Every call of the bounds, grouped; without the reduction each is a group of its own and is run in full.
 *
 * @param invariants that are asked of the calls
 */
export function callGroups(
  on: Machine,
  bounds: CallBounds,
  reduce: boolean,
  invariants: readonly Invariant[],
): readonly CallGroup[] {
  const looking = invariants.filter(({ argumentsOf }) => argumentsOf !== undefined);
  const key = JSON.stringify([bounds, reduce, looking.map(({ id }) => id)]);
  if (latest?.on !== on || latest.key !== key)
    latest = { on, key, groups: grouped(on, bounds, reduce, looking) };
  return latest.groups;
}

function grouped(
  on: Machine,
  bounds: CallBounds,
  reduce: boolean,
  looking: readonly Invariant[],
): CallGroup[] {
  const calls = callsOf(bounds);
  const seen = (call: Call): string =>
    looking.map(({ argumentsOf }) => argumentsOf?.(call, bounds.pages)).join('; ');
  const groups = reduce
    ? groupedAlike(argumentClasses([on], calls, bounds.pages, seen))
    : singleClasses([on], calls).map((one) => [one]);
  return groups.map((members) => {
    const plan = members[0]?.plans[0] as Plan;
    const size = members.reduce((sum, one) => sum + one.size, 0);
    return { plan, looks: reduce ? plan.looks : 0, members, size };
  });
}

/** Calls that begin alike on each of the releases, in the order of the first of each group. */
export function groupedAlike<C extends Call>(
  classes: readonly ArgumentClass<C>[],
): ArgumentClass<C>[][] {
  const groups = new Map<string, ArgumentClass<C>[]>();
  for (const one of classes) {
    const key = one.plans.map((plan) => `${plan.id} ${plan.lookKey(one.call)}`).join('; ');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  return [...groups.values()];
}
