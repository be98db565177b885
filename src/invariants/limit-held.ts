import type { Invariant, Transition } from './invariant.js';

const held = ({ env, before, outcome }: Transition): boolean =>
  outcome.mapCount <= Math.max(env.maxMapCount, before.length);

/** What is within one limit is within every greater one. */
export const heldAlikeUpTo = (t: Transition): number =>
  held(t) ? Number.POSITIVE_INFINITY : t.outcome.mapCount - 1;

export const limitHeld: Invariant = {
  id: 'limit-held',
  statement: 'No call but mmap() raises map_count above the limit once the lock is released.',
  definition: 'call ≠ mmap ⇒ n′ ≤ max(L, n)',
  source:
    'vm.max_map_count bounds the VMAs of a process. mmap() is lenient by one on purpose, since it may merge: see overshoot-at-most-one.',
  looksAtLimit: true,
  ofCountsAlone: true,
  alikeUpTo: heldAlikeUpTo,
  applies: ({ call }) => call.call !== 'mmap',
  holds: held,
  explain: ({ env, before, outcome }) =>
    `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`,
};
