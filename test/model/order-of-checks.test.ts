import { describe, expect, test } from 'vitest';
import type { FlagName } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import { spans } from '../support/page-map.js';
import { callWith, map, move, moveKeeping, play, remap, resultName } from '../support/play.js';
import {
  everyMainline,
  everyRelease,
  releasesBefore,
  releasesFrom,
  releasesOf,
} from '../support/releases.js';

// Which check refuses, and what is gone by then: the order of the checks in each release. Shared
// objects are mapped, of which no two merge.

const FIXED: readonly FlagName[] = ['MAYMOVE', 'FIXED'];
const PLENTY = 50;

describe('a source that crosses the end of its VMA is EFAULT', () => {
  const setup = [map(0, 2, 'shm'), map(8, 12, 'shm')];
  const call = remap(0, 3, 4, FIXED, 8);

  test.each(releasesBefore('v6.17-rc1'))(
    'after the destination was unmapped up to 6.16: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...setup), call, PLENTY);
      expect(resultName(after)).toBe('EFAULT');
      expect(spans(after.vmas)).toEqual(['0-2']);
    },
  );

  test.each(releasesFrom('v6.17-rc1'))('before anything is from 6.17 on: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), call, PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(spans(after.vmas)).toEqual(['0-2', '8-12']);
  });
});

describe('a shrinking move whose kept part crosses the end of its VMA is EFAULT', () => {
  const setup = [map(0, 2, 'shm'), map(4, 5, 'shm'), map(8, 12, 'shm')];
  const call = remap(0, 5, 3, FIXED, 9);

  test.each(releasesBefore('v6.17-rc1'))(
    'after destination and tail were unmapped up to 6.16: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...setup), call, PLENTY);
      expect(resultName(after)).toBe('EFAULT');
      expect(spans(after.vmas)).toEqual(['0-2', '8-9']);
    },
  );

  test.each(releasesFrom('v6.17-rc1'))('before anything is from 6.17 on: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), call, PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(spans(after.vmas)).toEqual(['0-2', '4-5', '8-12']);
  });
});

describe('a source that is not mapped is EFAULT', () => {
  const setup = [map(8, 12, 'shm')];

  test.each(releasesBefore('v5.16'))(
    'after the destination was unmapped up to 5.15: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...setup), move(0, 2, 8), PLENTY);
      expect(resultName(after)).toBe('EFAULT');
      expect(spans(after.vmas)).toEqual(['10-12']);
    },
  );

  test.each(releasesFrom('v5.16'))('before anything is from 5.16 on: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), move(0, 2, 8), PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(spans(after.vmas)).toEqual(['8-12']);
  });
});

describe('a call without a new address that does not grow', () => {
  const setup = [map(8, 12, 'shm')];

  test.each(releasesBefore('v5.16'))(
    'does not look at the VMA up to 5.15, so that nothing mapped will do: %s',
    (_id, release) => {
      const vmas = play(release, ...setup);
      expect(callWith(release, vmas, remap(0, 2, 2), PLENTY).result).toBe(0);
      const shrunk = callWith(release, vmas, remap(6, 4, 1), PLENTY);
      expect(shrunk.result).toBe(6);
      expect(spans(shrunk.vmas)).toEqual(['10-12']);
    },
  );

  test.each(releasesFrom('v5.16'))(
    'is EFAULT where nothing is mapped from 5.16 on: %s',
    (_id, release) => {
      const vmas = play(release, ...setup);
      for (const call of [remap(0, 2, 2), remap(6, 4, 1)]) {
        const after = callWith(release, vmas, call, PLENTY);
        expect(resultName(after)).toBe('EFAULT');
        expect(after.vmas).toEqual(vmas);
      }
    },
  );

  test.each(everyRelease)('may cut a tail across other VMAs and gaps: %s', (_id, release) => {
    const vmas = play(release, map(0, 2, 'shm'), map(3, 5, 'shm'), map(6, 9, 'shm'));
    const after = callWith(release, vmas, remap(0, 7, 1), PLENTY);
    expect(after.result).toBe(0);
    expect(spans(after.vmas)).toEqual(['0-1', '7-9']);
  });
});

describe('too few map slots for a move with FIXED are ENOMEM', () => {
  const setup = [map(0, 2, 'shm'), map(8, 12, 'shm')];

  test.each(releasesBefore('v5.1'))(
    'after the destination was unmapped before 5.1 (mail of 2019-02-26): %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...setup), move(0, 2, 9), 4);
      expect(resultName(after)).toBe('ENOMEM');
      expect(spans(after.vmas)).toEqual(['0-2', '8-9', '11-12']);
    },
  );

  test.each(releasesFrom('v5.1'))(
    'before anything is unmapped from 5.1 on (ea2c3f6f5545): %s',
    (_id, release) => {
      const vmas = play(release, ...setup);
      const after = callWith(release, vmas, move(0, 2, 9), 3);
      expect(resultName(after)).toBe('ENOMEM');
      expect(after.vmas).toEqual(vmas);
    },
  );
});

describe('too few map slots for a source that is not mapped', () => {
  const setup = [map(8, 12, 'shm')];

  test('are hidden by EFAULT only where the lookup comes first: 5.16 to 6.14', () => {
    const results = everyMainline.map(([id, release]) => [
      id,
      resultName(callWith(release, play(release, ...setup), move(0, 2, 8), 3)),
    ]);
    // Before 5.1 there is no early check; from 5.1 to 5.15 it comes before the lookup, from 6.15 on too.
    expect(Object.fromEntries(results)).toEqual({
      'v2.6.12': 'EFAULT',
      'v2.6.33': 'EFAULT',
      'v5.1': 'ENOMEM',
      'v5.7': 'ENOMEM',
      'v5.11': 'ENOMEM',
      'v5.12': 'ENOMEM',
      'v5.13': 'ENOMEM',
      'v5.16': 'EFAULT',
      'v6.1': 'EFAULT',
      'v6.7': 'EFAULT',
      'v6.10': 'EFAULT',
      'v6.12': 'EFAULT',
      'v6.15': 'ENOMEM',
      'v6.16': 'ENOMEM',
      'v6.17-rc1': 'ENOMEM',
      'v6.17': 'ENOMEM',
      'v6.18': 'ENOMEM',
      'v7.1': 'ENOMEM',
      'v7.2': 'ENOMEM',
      'v7.3': 'ENOMEM',
    });
  });

  const inPlace = remap(0, 2, 3);

  test.each(releasesBefore('v7.1'))('are not asked for in place up to 7.0: %s', (_id, release) => {
    expect(resultName(callWith(release, play(release, ...setup), inPlace, 3))).toBe('EFAULT');
  });

  test.each(releasesFrom('v7.1'))(
    'hide the EFAULT of a call in place from 7.1 on: %s',
    (_id, release) => {
      expect(resultName(callWith(release, play(release, ...setup), inPlace, 3))).toBe('ENOMEM');
    },
  );
});

describe('overlap near the limit', () => {
  // 6.15 and 6.16 alone compare the ranges behind the early check.
  const result = (release: Release): string =>
    resultName(callWith(release, play(release, map(0, 4, 'shm')), move(0, 2, 1), 0));

  test.each([...releasesBefore('v6.15'), ...releasesFrom('v6.17-rc1')])(
    'is EINVAL where the ranges are compared before the count: %s',
    (_id, release) => {
      expect(result(release)).toBe('EINVAL');
    },
  );

  test.each(releasesOf('6.15', '6.16'))(
    'is ENOMEM where they are compared behind it: %s',
    (_id, release) => {
      expect(result(release)).toBe('ENOMEM');
    },
  );
});

describe('DONTUNMAP', () => {
  test.each(releasesBefore('v5.7'))('is unknown before 5.7: %s', (_id, release) => {
    const vmas = play(release, map(0, 2, 'anon'));
    expect(resultName(callWith(release, vmas, moveKeeping(0, 2, 8), PLENTY))).toBe('EINVAL');
  });

  test.each(releasesFrom('v5.7', 'v5.13'))(
    'of a file is EINVAL up to 5.12, after the destination was unmapped: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 2, 'fpriv'), map(8, 10, 'shm'));
      const after = callWith(release, vmas, moveKeeping(0, 2, 8), PLENTY);
      expect(resultName(after)).toBe('EINVAL');
      expect(spans(after.vmas)).toEqual(['0-2']);
    },
  );

  test.each(releasesFrom('v5.13'))(
    'of a file maps it at both places from 5.13 on (a4609387859f): %s',
    (_id, release) => {
      const vmas = play(release, map(0, 2, 'fpriv'), map(8, 10, 'shm'));
      const after = callWith(release, vmas, moveKeeping(0, 2, 8), PLENTY);
      expect(after.result).toBe(8);
      expect(spans(after.vmas)).toEqual(['0-2', '8-10']);
    },
  );

  test.each(releasesFrom('v5.7'))(
    'takes a free hint, and another place where the hint is taken: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 2, 'anon', 'r'), map(8, 10, 'shm'));
      const flags: readonly FlagName[] = ['MAYMOVE', 'DONTUNMAP'];
      expect(callWith(release, vmas, remap(0, 2, 2, flags, 5), PLENTY).result).toBe(5);
      // The highest gap of the window of 16 pages.
      expect(callWith(release, vmas, remap(0, 2, 2, flags, 9), PLENTY).result).toBe(14);
    },
  );
});
