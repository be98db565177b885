import { NO_MAP_LIMIT } from '../model/state.js';
import type { Invariant, Transition } from './invariant.js';
import { Reruns } from './reruns.js';

const reruns = new Reruns();

/** Whether the call breaks the promise where max_map_count is not in the way either. */
function brokenAnyway(invariant: Invariant, t: Transition): boolean {
  const limits = { ...t.env, maxMapCount: NO_MAP_LIMIT, mmapCap: NO_MAP_LIMIT };
  const { outcome } = reruns.run(t.on, limits, t.before, t.pages, t.call);
  const unlimited = { ...t, env: limits, outcome };
  return invariant.applies(unlimited) && !invariant.holds(unlimited);
}

/** The promise as far as map slots can break it: a call that breaks it without a limit too does not count. */
const atLimit = ({ alikeUpTo: _, ofCountsAlone: __, ...invariant }: Invariant): Invariant => ({
  ...invariant,
  looksAtLimit: true,
  holds: (t) => invariant.holds(t) || brokenAnyway(invariant, t),
});

/** Behind the name of an invariant, in this order. */
const ONE_VMA = '/one-vma';
const AT_LIMIT = '@limit';

/** The promise for calls that have come to no second VMA. */
const ofOneVma = ({ ofCountsAlone: _, ...invariant }: Invariant): Invariant => ({
  ...invariant,
  id: `${invariant.id}${ONE_VMA}`,
  applies: (t) => t.outcome.pieces <= 1 && invariant.applies(t),
});

/** The name under which a search finds the promise as far as map slots can break it. */
export const atLimitName = (name: string): string => `${name}${AT_LIMIT}`;

/**
 * An invariant as narrowed by what is behind its name: `/one-vma`, then `@limit`. Undefined where there is
 * no such invariant.
 */
export function narrowedInvariant(
  name: string,
  known: (id: string) => Invariant | undefined,
): Invariant | undefined {
  const [, id = '', one, limit] = /^([^/@]+)(\/one-vma)?(@limit)?$/.exec(name) ?? [];
  const invariant = known(id);
  if (invariant === undefined) return undefined;
  const narrowed = one === undefined ? invariant : ofOneVma(invariant);
  return limit === undefined ? narrowed : atLimit(narrowed);
}
