import { describe, expect, test } from 'vitest';
import type { Call } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import { spans } from '../support/page-map.js';
import { map, move, moveKeeping, play, protect, remap, touch, unmap } from '../support/play.js';
import {
  chargingMovesOnce,
  everyRelease,
  release as releaseNamed,
  releasesBefore,
  releasesFrom,
  releasesOf,
} from '../support/releases.js';

/** The ranges of the VMAs after these calls. */
const shape = (release: Release, ...calls: readonly Call[]): string[] =>
  spans(play(release, ...calls));

describe.each(chargingMovesOnce)('what was moved away and comes back on %s', (_id, release) => {
  test('merges with its old neighbours if it was never written: pgoff follows the address', () => {
    const away = [map(0, 6, 'anon'), move(2, 4, 10)];
    expect(shape(release, ...away)).toEqual(['0-2', '4-6', '10-12']);
    expect(shape(release, ...away, move(10, 12, 2))).toEqual(['0-6']);
  });

  test('merges if it was written: the displacement is undone, the anon_vma is the same', () => {
    const away = [map(0, 6, 'anon'), touch(0, 6), move(2, 4, 10)];
    expect(shape(release, ...away)).toEqual(['0-2', '4-6', '10-12']);
    expect(shape(release, ...away, move(10, 12, 2))).toEqual(['0-6']);
  });

  test('merges by way of a third place too', () => {
    const calls = [map(0, 6, 'anon'), touch(0, 6), move(2, 4, 10), move(10, 12, 13)];
    expect(shape(release, ...calls, move(13, 15, 2))).toEqual(['0-6']);
  });

  test.each(['fpriv', 'fshared', 'ramfs'] as const)(
    'merges if it is a %s mapping: file and offsets are what they were',
    (kind) => {
      const away = [map(0, 6, kind), move(2, 4, 10)];
      expect(shape(release, ...away)).toEqual(['0-2', '4-6', '10-12']);
      expect(shape(release, ...away, move(10, 12, 2))).toEqual(['0-6']);
    },
  );

  test('merges if it is shared anonymous memory: it is still the same object', () => {
    expect(shape(release, map(0, 6, 'shm'), move(2, 4, 10), move(10, 12, 2))).toEqual(['0-6']);
  });
});

describe('what was moved away on v6.5.3', () => {
  const release = releaseNamed('v6.5.3');
  const away = [map(0, 6, 'anon'), move(2, 4, 10)];

  test('merges no more with what it was part of, which VM_ACCOUNT was taken from', () => {
    expect(shape(release, ...away, move(10, 12, 2))).toEqual(['0-2', '2-4', '4-6']);
  });

  test('merges if that is not accounted in any release', () => {
    const readOnly = [map(0, 6, 'anon', 'r'), move(2, 4, 10), move(10, 12, 2)];
    expect(shape(release, ...readOnly)).toEqual(['0-6']);
  });
});

describe.each(chargingMovesOnce)('two parts moved to neighbouring places on %s', (_id, release) => {
  const inOrder = [move(0, 2, 8), move(2, 4, 10)];
  const swapped = [move(2, 4, 8), move(0, 2, 10)];

  test('merge in either order if they were never written', () => {
    expect(shape(release, map(0, 4, 'anon'), ...inOrder)).toEqual(['8-12']);
    expect(shape(release, map(0, 4, 'anon'), ...swapped)).toEqual(['8-12']);
  });

  test('merge only in their old order if they were written: offsets must continue', () => {
    const written = [map(0, 4, 'anon'), touch(0, 4)];
    expect(shape(release, ...written, ...inOrder)).toEqual(['8-12']);
    expect(shape(release, ...written, ...swapped)).toEqual(['8-10', '10-12']);
  });

  test.each(['fpriv', 'fshared', 'shm', 'ramfs'] as const)(
    'merge only in their old order if they are %s: offsets must continue',
    (kind) => {
      expect(shape(release, map(0, 4, kind), ...inOrder)).toEqual(['8-12']);
      expect(shape(release, map(0, 4, kind), ...swapped)).toEqual(['8-10', '10-12']);
    },
  );
});

describe.each(everyRelease)('a move to the side of a fresh mapping on %s', (_id, release) => {
  test('merges with it if what moves was never written', () => {
    expect(shape(release, map(0, 2, 'anon'), map(10, 12, 'anon'), move(0, 2, 8))).toEqual(['8-12']);
  });

  test('does not merge if it was: it keeps its pgoff, the fresh one has that of its address', () => {
    const calls = [map(0, 2, 'anon'), touch(0, 2), map(10, 12, 'anon'), move(0, 2, 8)];
    expect(shape(release, ...calls)).toEqual(['8-10', '10-12']);
  });

  test('does not merge across protections', () => {
    const calls = [map(0, 2, 'anon', 'r'), map(10, 12, 'anon', 'rw'), move(0, 2, 8)];
    expect(shape(release, ...calls)).toEqual(['8-10', '10-12']);
  });
});

describe.each(everyRelease)('a fresh mapping on %s', (_id, release) => {
  test('joins a neighbour that was written', () => {
    expect(shape(release, map(0, 2, 'anon'), touch(0, 2), map(2, 4, 'anon'))).toEqual(['0-4']);
  });

  test('fills the gap between two parts of one mapping that was written', () => {
    const calls = [map(0, 6, 'anon'), touch(0, 6), unmap(2, 4)];
    expect(shape(release, ...calls)).toEqual(['0-2', '4-6']);
    expect(shape(release, ...calls, map(2, 4, 'anon'))).toEqual(['0-6']);
  });

  test('of shared anonymous memory joins nothing: each is an object of its own', () => {
    expect(shape(release, map(0, 2, 'shm'), map(2, 4, 'shm'))).toEqual(['0-2', '2-4']);
  });

  test('of a file joins one whose offset continues, and no other', () => {
    const elsewhere: Call = {
      call: 'mmap',
      addr: 2,
      len: 2,
      kind: 'fshared',
      prot: 'rw',
      offset: 9,
    };
    expect(shape(release, map(0, 2, 'fshared'), map(2, 4, 'fshared'))).toEqual(['0-4']);
    expect(shape(release, map(0, 2, 'fshared'), elsewhere)).toEqual(['0-2', '2-4']);
  });
});

describe('a fresh mapping between two that were written apart: their anon_vmas differ', () => {
  const calls = [map(0, 2, 'anon'), map(4, 6, 'anon'), touch(0, 2), touch(4, 6), map(2, 4, 'anon')];

  // vma_merge() looks at the VMA before the range first, and so does vma_merge_new_range() of 6.12.
  test.each([...releasesBefore('v6.1'), ...releasesFrom('v6.12')])(
    'joins the first alone: %s',
    (_id, release) => {
      expect(shape(release, ...calls)).toEqual(['0-4', '4-6']);
    },
  );

  // From 6.1 to 6.11 mmap_region() looks for itself: at the next VMA, and then
  // whether the one before takes the anon_vma of that.
  test.each(releasesOf('6.1', '6.11'))('joins the second alone up to 6.11: %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-2', '2-6']);
  });
});

describe.each(everyRelease)('mprotect() on %s', (_id, release) => {
  test('splits, and merges again when it is undone', () => {
    const calls = [map(0, 6, 'anon'), protect(2, 4, 'r')];
    expect(shape(release, ...calls)).toEqual(['0-2', '2-4', '4-6']);
    expect(shape(release, ...calls, protect(2, 4, 'rw'))).toEqual(['0-6']);
  });

  test('keeps the charge of what was written: a fresh read-only neighbour stays apart', () => {
    const calls = [map(0, 2, 'anon'), touch(0, 2), protect(0, 2, 'r'), map(2, 4, 'anon', 'r')];
    expect(shape(release, ...calls)).toEqual(['0-2', '2-4']);
  });
});

describe('a written part that comes back beside one that was never written', () => {
  const calls = [
    map(2, 4, 'anon'),
    touch(2, 4),
    move(2, 4, 10),
    map(0, 2, 'anon'),
    move(10, 12, 2),
  ];

  // Any two anon_vmas of which one is missing agreed, before there were chains of them.
  test.each(releasesBefore('v2.6.33'))('merges in 2.6.12: %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-4']);
  });

  test.each(releasesFrom('v2.6.33', 'v6.16'))('stays apart up to 6.15: %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-2', '2-4']);
  });

  test.each(releasesFrom('v6.16'))('merges from 6.16 on (879bca0a2c4f): %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-4']);
  });
});

describe('what was never written and becomes read-only', () => {
  const calls = [map(0, 2, 'anon'), protect(0, 2, 'r'), map(2, 4, 'anon', 'r')];

  test.each(releasesOf('2.6.12', '6.6'))(
    'stays charged and apart up to 6.6: %s',
    (_id, release) => {
      expect(shape(release, ...calls)).toEqual(['0-2', '2-4']);
    },
  );

  test.each(releasesOf('6.7'))('loses its charge and merges from 6.7 on: %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-4']);
  });
});

describe('growing in place up to the next VMA', () => {
  const calls = [map(0, 2, 'anon'), map(4, 6, 'anon'), remap(0, 2, 4)];

  test.each(releasesBefore('v6.1'))('never merges with it up to 6.0: %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-4', '4-6']);
  });

  test.each(releasesFrom('v6.1'))(
    'merges with it from 6.1 on (ca3d76b0aa80): %s',
    (_id, release) => {
      expect(shape(release, ...calls)).toEqual(['0-6']);
    },
  );
});

describe('DONTUNMAP to the side of its own source', () => {
  const calls = [map(0, 2, 'anon', 'r'), moveKeeping(0, 2, 2)];

  test.each(releasesFrom('v5.7', 'v7.2'))(
    'extends a source that was never written up to 7.1: %s',
    (_id, release) => {
      expect(shape(release, ...calls)).toEqual(['0-4']);
    },
  );

  test.each(releasesFrom('v7.2'))('keeps the copy apart from 7.2 on: %s', (_id, release) => {
    expect(shape(release, ...calls)).toEqual(['0-2', '2-4']);
  });

  test.each(releasesFrom('v5.7'))('never merges with one that was written: %s', (_id, release) => {
    expect(shape(release, map(0, 2, 'anon'), touch(0, 2), moveKeeping(0, 2, 2))).toEqual([
      '0-2',
      '2-4',
    ]);
  });
});
