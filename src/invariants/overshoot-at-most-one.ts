import type { Invariant } from './invariant.js';
import { heldAlikeUpTo } from './limit-held.js';

/** The last number before a limit that is still to come. */
const upTo = (limit: number, now: number): number =>
  limit > now ? limit - 1 : Number.POSITIVE_INFINITY;

export const mmapLimitHeld: Invariant = {
  id: 'mmap-limit-held',
  statement: 'mmap() does not raise map_count above the limit.',
  definition: 'call = mmap ⇒ n′ ≤ max(L, n)',
  source:
    'It may by one: do_mmap() refuses only above the limit, since it cannot know yet whether the mapping merges.',
  looksAtLimit: true,
  ofCountsAlone: true,
  alikeUpTo: heldAlikeUpTo,
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
  alikeUpTo: ({ env: { maxMapCount }, before, outcome }) =>
    Math.min(upTo(before.length - 1, maxMapCount), upTo(outcome.mapCount - 1, maxMapCount)),
  applies: ({ env, before }) => before.length <= env.maxMapCount + 1,
  holds: ({ env, outcome }) => outcome.mapCount <= env.maxMapCount + 1,
  explain: ({ env, before, outcome }) =>
    `map_count ${before.length} before, ${outcome.mapCount} after, limit ${env.maxMapCount}`,
};
