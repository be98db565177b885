import type { Invariant } from './invariant.js';

export const overshootAtMostOne: Invariant = {
  id: 'overshoot-at-most-one',
  statement: 'No call takes map_count from within the limit to more than one above it.',
  source: 'mmap() refuses only when map_count is already above the limit (do_mmap).',
  looksAtLimit: true,
  applies: ({ env, before }) => before.length <= env.maxMapCount + 1,
  holds: ({ env, outcome }) => outcome.mapCount <= env.maxMapCount + 1,
  explain: ({ env, before, outcome }) =>
    `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`,
};
