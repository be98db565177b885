import type { Invariant } from './invariant.js';

export const mmapLimitHeld: Invariant = {
  id: 'mmap-limit-held',
  statement: 'mmap() does not raise map_count above the limit.',
  definition: 'call = mmap ⇒ n′ ≤ max(L, n)',
  source:
    'It may by one: do_mmap() refuses only above the limit, since it cannot know yet whether the mapping merges.',
  looksAtLimit: true,
  ofCountsAlone: true,
  applies: ({ call }) => call.call === 'mmap',
  holds: ({ env, before, outcome }) => outcome.mapCount <= Math.max(env.maxMapCount, before.length),
  explain: ({ env, before, outcome }) =>
    `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`,
};

export const overshootAtMostOne: Invariant = {
  id: 'overshoot-at-most-one',
  statement: 'No call takes map_count further than one above the limit.',
  definition: 'n ≤ L + 1 ⇒ n′ ≤ L + 1',
  source: 'mmap() refuses only when map_count is already above the limit (do_mmap).',
  looksAtLimit: true,
  ofCountsAlone: true,
  applies: ({ env, before }) => before.length <= env.maxMapCount + 1,
  holds: ({ env, outcome }) => outcome.mapCount <= env.maxMapCount + 1,
  explain: ({ env, before, outcome }) =>
    `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`,
};
