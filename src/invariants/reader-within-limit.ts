import type { Invariant, Transition } from './invariant.js';

const highest = ({ race }: Transition): number => Math.max(...(race?.whole?.reads ?? []));

export const readerWithinLimit: Invariant = {
  id: 'reader-within-limit',
  statement:
    'Who reads map_count without the lock sees no more than max_map_count, or than there was before.',
  definition: '∀ m read without the lock: m ≤ max(L, n), of before the race',
  source: '659ace584e7a (2.6.33): munmap() splits first and takes off after, whatever the limit.',
  applies: ({ race }) => (race?.whole?.reads.length ?? 0) > 0,
  holds: (t) => highest(t) <= (t.race?.whole?.allowed ?? 0),
  explain: (t) => `a reader saw map_count ${highest(t)}, above ${t.race?.whole?.allowed}`,
};
