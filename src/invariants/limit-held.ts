import type { Invariant, Transition } from './invariant.js';

const held = ({ env, before, outcome }: Transition): boolean =>
  outcome.mapCount <= Math.max(env.maxMapCount, before.length);

export const explainCounts: Invariant['explain'] = ({ env, before, outcome }) =>
  `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`;

const withinLimit = {
  looksAtLimit: true,
  ofCountsAlone: true,
  // What is within one limit is within every greater one.
  alikeUpTo: (t) => (held(t) ? Number.POSITIVE_INFINITY : t.outcome.mapCount - 1),
  holds: held,
  explain: explainCounts,
} as const satisfies Partial<Invariant>;

export const limitHeld: Invariant = {
  id: 'limit-held',
  statement: 'No call but mmap() raises map_count above the limit once the lock is released.',
  definition: 'call ≠ mmap ⇒ n′ ≤ max(L, n)',
  source:
    'vm.max_map_count bounds the VMAs of a process. mmap() is lenient by one on purpose, since it may merge: see overshoot-at-most-one.',
  applies: ({ call }) => call.call !== 'mmap',
  ...withinLimit,
};

export const mmapLimitHeld: Invariant = {
  id: 'mmap-limit-held',
  statement: 'mmap() does not raise map_count above the limit.',
  definition: 'call = mmap ⇒ n′ ≤ max(L, n)',
  source:
    'It may by one: do_mmap() refuses only above the limit, since it cannot know yet whether the mapping merges.',
  applies: ({ call }) => call.call === 'mmap',
  ...withinLimit,
};
