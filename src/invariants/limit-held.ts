import type { Invariant } from './invariant.js';

export const limitHeld: Invariant = {
  id: 'limit-held',
  statement: 'No call but mmap() raises map_count above the limit once the lock is released.',
  definition: 'call ≠ mmap ⇒ n′ ≤ max(L, n)',
  source:
    'vm.max_map_count bounds the VMAs of a process. mmap() is lenient by one on purpose, since it may merge: see overshoot-at-most-one.',
  looksAtLimit: true,
  ofCountsAlone: true,
  applies: ({ call }) => call.call !== 'mmap',
  holds: ({ env, before, outcome }) => outcome.mapCount <= Math.max(env.maxMapCount, before.length),
  explain: ({ env, before, outcome }) =>
    `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`,
};
