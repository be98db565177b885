import { describe, expect, test } from 'vitest';
import { offsetOf } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import { callWith, map, play, remap, resultName } from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom } from '../support/releases.js';

// mremap(2): an old length of zero duplicates a shared mapping. The munmap() of the source then has
// length zero, which fails with EINVAL before it looks at any VMA, and nobody hears of it.

const duplicate = (from: number) => remap(from, 0, 2, ['MAYMOVE', 'FIXED'], 8);

describe.each(everyRelease)('an old length of zero on %s', (_id, release) => {
  test.each(['fshared', 'shm', 'ramfs'] as const)(
    'maps the pages from the start of a %s VMA once more',
    (kind) => {
      const { vmas } = callWith(release, play(release, map(0, 4, kind)), duplicate(0), 10);
      expect(spans(vmas)).toEqual(['0-4', '8-10']);
      expect(vmas.map(offsetOf)).toEqual([0, 0]);
    },
  );

  test.each(['fshared', 'shm', 'ramfs'] as const)(
    'maps the pages from the inside of a %s VMA once more, and does not split it',
    (kind) => {
      const { vmas } = callWith(release, play(release, map(0, 4, kind)), duplicate(1), 10);
      expect(spans(vmas)).toEqual(['0-4', '8-10']);
      expect(vmas.map(offsetOf)).toEqual([0, 1]);
    },
  );
});

// Up to 2.6.32 nobody asks whether the VMA is shared: a private one is mapped a second time, without
// the pages it has written.
describe.each(releasesBefore('v2.6.33'))('an old length of zero on %s', (_id, release) => {
  test.each([
    // Never written: its page offset follows the address.
    ['anon', [0, 8]],
    ['fpriv', [0, 1]],
  ] as const)('maps a private %s VMA once more', (kind, offsets) => {
    const after = callWith(release, play(release, map(0, 4, kind)), duplicate(1), 10);
    expect(after.result).toBe(8);
    expect(spans(after.vmas)).toEqual(['0-4', '8-10']);
    expect(after.vmas.map(offsetOf)).toEqual(offsets);
    expect(after.pages.slice(0, 4)).toEqual([1, 2, 3, 4]);
  });
});

describe.each(releasesFrom('v2.6.33'))('an old length of zero on %s', (_id, release) => {
  test.each(['anon', 'fpriv'] as const)('is EINVAL on a private %s VMA', (kind) => {
    const vmas = play(release, map(0, 4, kind));
    const after = callWith(release, vmas, duplicate(1), 10);
    expect(resultName(after)).toBe('EINVAL');
    expect(after.vmas).toEqual(vmas);
  });
});
