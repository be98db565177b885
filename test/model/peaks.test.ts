import { describe, expect, test } from 'vitest';
import type { Call } from '../../src/model/calls.js';
import { callWith, map, moveKeeping, play, protect, remap, unmap } from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom } from '../support/releases.js';

// How far map_count rises above its value before, at its highest under the lock and in the end. Each
// split and each copy adds one; objects that never merge are mapped.

const FIXED = ['MAYMOVE', 'FIXED'] as const;
const object = map(0, 4, 'shm');
const other = map(8, 12, 'shm');

interface Row {
  readonly what: string;
  readonly why: string;
  readonly setup: readonly Call[];
  readonly call: Call;
  readonly peak: number;
  readonly end: number;
}

const rows: readonly Row[] = [
  {
    what: 'a move from the inside of a VMA to the inside of another',
    why: 'a hole for the destination, the copy, and two splits for the source',
    setup: [object, other],
    call: remap(1, 2, 2, FIXED, 9),
    peak: 4,
    end: 3,
  },
  {
    what: 'a shrinking move with the tail inside its VMA',
    why: 'holes for destination and tail, the copy, one split for the source, which ends its VMA now',
    setup: [object, other],
    call: remap(1, 2, 1, FIXED, 9),
    peak: 4,
    end: 3,
  },
  {
    what: 'growing by a move from the inside of a VMA',
    why: 'the copy and two splits',
    setup: [object],
    call: remap(1, 2, 4, ['MAYMOVE']),
    peak: 3,
    end: 2,
  },
  {
    what: 'a tail that is cut from the inside of a VMA',
    why: 'two splits',
    setup: [object],
    call: remap(0, 3, 2),
    peak: 2,
    end: 1,
  },
  {
    what: 'a tail that is cut from the end of a VMA',
    why: 'one split',
    setup: [object],
    call: remap(0, 4, 2),
    peak: 1,
    end: 0,
  },
  {
    what: 'growing in place',
    why: 'nothing is split or copied',
    setup: [object],
    call: remap(0, 4, 6),
    peak: 0,
    end: 0,
  },
  {
    what: 'munmap() inside a VMA',
    why: 'two splits',
    setup: [object],
    call: unmap(1, 3),
    peak: 2,
    end: 1,
  },
  {
    what: 'munmap() from the middle of one VMA to the middle of the next',
    why: 'a split in each',
    setup: [object, map(4, 8, 'shm')],
    call: unmap(2, 6),
    peak: 2,
    end: 0,
  },
  {
    what: 'mprotect() inside a VMA',
    why: 'two splits, which stay',
    setup: [object],
    call: protect(1, 3, 'r'),
    peak: 2,
    end: 2,
  },
  {
    what: 'mmap() into free space',
    why: 'the new VMA',
    setup: [object],
    call: map(8, 10, 'shm'),
    peak: 1,
    end: 1,
  },
];

for (const { what, why, setup, call, peak, end } of rows) {
  describe(`${what}: ${why}`, () => {
    test.each(everyRelease)('%s', (_id, release) => {
      const vmas = play(release, ...setup);
      const outcome = callWith(release, vmas, call, 50);
      expect(outcome.result).toBeGreaterThanOrEqual(0);
      expect(outcome.peak - vmas.length).toBe(peak);
      expect(outcome.mapCount - vmas.length).toBe(end);
    });
  });
}

describe('mmap() into the inside of a VMA', () => {
  const rise = (release: Parameters<typeof play>[0]): number => {
    const vmas = play(release, object);
    return callWith(release, vmas, map(1, 3, 'shm'), 50).peak - vmas.length;
  };

  test.each(releasesBefore('v6.12'))(
    'peaks at two splits, or one and the new VMA, up to 6.11: %s',
    (_id, release) => {
      expect(rise(release)).toBe(2);
    },
  );

  test.each(releasesFrom('v6.12'))(
    'peaks one higher from 6.12 on, where the new VMA is counted before the old one is not: %s',
    (_id, release) => {
      expect(rise(release)).toBe(3);
    },
  );
});

describe('DONTUNMAP from the inside of a VMA to the inside of another: a hole and the copy', () => {
  test.each(releasesFrom('v5.13'))('%s', (_id, release) => {
    const vmas = play(release, object, other);
    const outcome = callWith(release, vmas, moveKeeping(1, 3, 9), 50);
    expect([outcome.peak - vmas.length, outcome.mapCount - vmas.length]).toEqual([2, 2]);
  });
});
