import type { Invariant } from './invariant.js';
import { explainCounts } from './limit-held.js';

/** The last number before a limit that is still to come. */
const upTo = (limit: number, now: number): number =>
  limit > now ? limit - 1 : Number.POSITIVE_INFINITY;

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
  explain: explainCounts,
};
