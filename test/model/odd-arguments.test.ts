import { describe, expect, test } from 'vitest';
import type { FlagName } from '../../src/model/calls.js';
import { recount } from '../support/accounts.js';
import { spans } from '../support/page-map.js';
import { callWith, map, play, remap, resultName, touch } from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// Zero, values inside a page (a half stands for all of them), values beyond the task size, and flags
// that no release knows. Lengths are rounded up to pages; addresses are not.

const PLENTY = 20;
const FIXED: readonly FlagName[] = ['MAYMOVE', 'FIXED'];
const KEEP: readonly FlagName[] = ['MAYMOVE', 'DONTUNMAP'];
const SETUP = [map(0, 4, 'shm'), map(8, 12, 'shm')];
const WINDOW = 16;

describe.each(everyRelease)('mremap() on %s', (_id, release) => {
  const vmas = play(release, ...SETUP);
  const result = (...args: Parameters<typeof remap>): string => {
    const after = callWith(release, vmas, remap(...args), PLENTY);
    if (after.result < 0) expect(after.vmas).toEqual(vmas);
    return resultName(after);
  };

  test('refuses what is refused for arguments alone, and changes nothing', () => {
    expect(result(0.5, 1, 1)).toBe('EINVAL');
    expect(result(0, 1, 0)).toBe('EINVAL');
    expect(result(0, 1, 1, FIXED, 8.5)).toBe('EINVAL');
    expect(result(0, 1, 1, FIXED, WINDOW)).toBe('EINVAL');
    expect(result(0, 2, 2, FIXED, WINDOW - 1)).toBe('EINVAL');
    expect(result(0, 1, WINDOW + 1, FIXED, 8)).toBe('EINVAL');
    expect(result(0, 1, 1, ['UNKNOWN'])).toBe('EINVAL');
    expect(result(0, 1, 1, [...FIXED, 'UNKNOWN'], 8)).toBe('EINVAL');
  });

  test('does not look at the new address of a call without one', () => {
    // 6.17-rc1 alone asks whether it is in the task, whatever the flags.
    expect(result(0, 4, 4, [], 0.5)).toBe('ok');
    expect(result(0, 4, 4, [], WINDOW)).toBe(release.id === 'v6.17-rc1' ? 'EINVAL' : 'ok');
  });

  test('rounds lengths up to pages', () => {
    expect(spans(callWith(release, vmas, remap(0, 3.5, 1.5), PLENTY).vmas)).toEqual([
      '0-2',
      '8-12',
    ]);
    expect(spans(callWith(release, vmas, remap(0, 3.5, 4), PLENTY).vmas)).toEqual(['0-4', '8-12']);
    const moved = callWith(release, vmas, remap(0, 3.5, 3.5, FIXED, 8), PLENTY);
    expect(spans(moved.vmas)).toEqual(['8-12']);
  });

  test('refuses a tail that ends beyond the task size', () => {
    expect(result(8, WINDOW - 8, 2)).toBe('ok');
    expect(result(8, WINDOW - 7, 2)).toBe('EINVAL');
  });
});

describe('a new length above the task size without a new address', () => {
  const result = (release: (typeof everyRelease)[number][1], from: number): string =>
    resultName(callWith(release, play(release, ...SETUP), remap(from, 1, WINDOW + 1), PLENTY));

  test.each(releasesBefore('v6.17-rc1'))(
    'is looked at behind the VMA, where there is no room for it, up to 6.16: %s',
    (_id, release) => {
      expect(result(release, 0)).toBe('ENOMEM');
      expect(result(release, 5)).toBe('EFAULT');
    },
  );

  test.each(releasesFrom('v6.17-rc1'))(
    'is EINVAL first of all from 6.17 on: %s',
    (_id, release) => {
      expect(result(release, 0)).toBe('EINVAL');
      expect(result(release, 5)).toBe('EINVAL');
    },
  );
});

describe('DONTUNMAP with lengths that are the same number of pages', () => {
  const result = (release: (typeof everyRelease)[number][1]): string =>
    resultName(
      callWith(release, play(release, map(0, 1, 'anon')), remap(0, 0.5, 1, KEEP, 8), PLENTY),
    );

  test.each(releasesBefore('v6.17-rc1'))(
    'but differ is EINVAL up to 6.16, where they are compared as given: %s',
    (_id, release) => {
      expect(result(release)).toBe('EINVAL');
    },
  );

  test.each(releasesFrom('v6.17-rc1'))(
    'is accepted from 6.17 on, where they are rounded first: %s',
    (_id, release) => {
      expect(result(release)).toBe('ok');
    },
  );
});

describe.each(everyRelease)('an old length of zero on %s', (_id, release) => {
  test('in place is growth, so that it needs MAYMOVE', () => {
    const vmas = play(release, ...SETUP);
    expect(resultName(callWith(release, vmas, remap(0, 0, 2), PLENTY))).toBe('ENOMEM');
    const moved = callWith(release, vmas, remap(0, 0, 2, ['MAYMOVE']), PLENTY);
    expect([moved.result, spans(moved.vmas)]).toEqual([14, ['0-4', '8-12', '14-16']]);
  });

  test('is EFAULT where nothing is mapped', () => {
    const vmas = play(release, ...SETUP);
    expect(resultName(callWith(release, vmas, remap(5, 0, 2, ['MAYMOVE']), PLENTY))).toBe('EFAULT');
  });
});

describe('an old length of zero with the old address as the new one', () => {
  const call = remap(0, 0, 2, FIXED, 0);

  test.each(releasesBefore('v2.6.33'))(
    'is EINVAL up to 4.2, whose test of overlap has two sides: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const after = callWith(release, vmas, call, PLENTY);
      expect([resultName(after), after.vmas]).toEqual(['EINVAL', vmas]);
    },
  );

  // The ranges do not overlap, so that the mapping itself is unmapped as the destination, and is not
  // found then. 6.17 looks it up before as well, which does not help.
  test.each(releasesFrom('v2.6.33'))(
    'is EFAULT with the mapping gone since: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...SETUP), call, PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['EFAULT', ['2-4', '8-12']]);
    },
  );
});

describe('flags that a release does not know', () => {
  test.each(releasesBefore('v5.7'))('are DONTUNMAP too before 5.7: %s', (_id, release) => {
    const vmas = play(release, map(0, 2, 'anon'));
    expect(resultName(callWith(release, vmas, remap(0, 2, 2, KEEP, 8), PLENTY))).toBe('EINVAL');
  });

  test.each(everyRelease)('are EINVAL before all else: %s', (_id, release) => {
    const call = remap(5, 2, 2, [...FIXED, 'UNKNOWN'], 8);
    expect(resultName(callWith(release, play(release, ...SETUP), call, -2))).toBe('EINVAL');
  });
});

describe('the count check and odd arguments near the limit', () => {
  const at = (release: (typeof everyRelease)[number][1], ...args: Parameters<typeof remap>) =>
    resultName(callWith(release, play(release, ...SETUP), remap(...args), 0));

  test.each(everyRelease)(
    'what is refused by its own value is never ENOMEM: %s',
    (_id, release) => {
      expect(at(release, 0, 1, 0, FIXED, 8)).toBe('EINVAL');
      expect(at(release, 0.5, 1, 1, FIXED, 8)).toBe('EINVAL');
      expect(at(release, 0, 1, 1, FIXED, 8.5)).toBe('EINVAL');
      expect(at(release, 0, 1, 1, ['FIXED'], 8)).toBe('EINVAL');
    },
  );

  test.each(releasesOf('6.15', '6.16'))(
    'a destination beyond the task size is ENOMEM in 6.15, which looks at it behind the count: %s',
    (_id, release) => {
      expect(at(release, 0, 1, 1, FIXED, WINDOW)).toBe('ENOMEM');
    },
  );

  test.each([...releasesBefore('v6.15'), ...releasesFrom('v6.17-rc1')])(
    'a destination beyond the task size is EINVAL in all others: %s',
    (_id, release) => {
      expect(at(release, 0, 1, 1, FIXED, WINDOW)).toBe('EINVAL');
    },
  );
});

describe.each(everyRelease)('the charge of odd lengths on %s', (_id, release) => {
  test.each([
    remap(0, 1.5, 3.5, FIXED, 8),
    remap(0, 3.5, 1.5, FIXED, 8),
    remap(0, 2, 4.5),
    remap(0, 2, 3.5, ['MAYMOVE']),
  ])('is in whole pages: %j', (call) => {
    const vmas = play(release, map(0, 2, 'anon'), touch(0, 2));
    const plain = { ...call, oldLen: Math.ceil(call.oldLen), newLen: Math.ceil(call.newLen) };
    const after = callWith(release, vmas, call, PLENTY);
    expect(after).toEqual(callWith(release, vmas, plain, PLENTY));
    expect(Number.isInteger(after.accounts.committed)).toBe(true);
    expect(recount(after.vmas).total).toBe(recount(vmas).total + after.accounts.total);
  });
});
