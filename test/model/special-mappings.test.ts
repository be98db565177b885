import { describe, expect, test } from 'vitest';
import type { FlagName } from '../../src/model/calls.js';
import { offsetOf } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import {
  callWith,
  lock,
  map,
  move,
  moveKeeping,
  play,
  remap,
  resultName,
} from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// A driver's mapping, VM_PFNMAP and VM_DONTEXPAND: it moves and shrinks as others do, but neither grows
// nor merges, and is never locked.

const PLENTY = 20;
const FIXED: readonly FlagName[] = ['MAYMOVE', 'FIXED'];
const SETUP = [map(0, 4, 'special'), map(8, 12, 'shm')];

describe.each(everyRelease)('a special mapping on %s', (_id, release) => {
  test('moves, its page offset with it', () => {
    const after = callWith(release, play(release, ...SETUP), move(1, 3, 8), PLENTY);
    expect(after.result).toBe(8);
    expect(spans(after.vmas)).toEqual(['0-1', '3-4', '8-10', '10-12']);
    expect(after.vmas.map(offsetOf)).toEqual([0, 3, 1, 2]);
  });

  test('does not merge, though it was one before', () => {
    const apart = callWith(release, play(release, ...SETUP), move(2, 4, 6), PLENTY);
    const back = callWith(release, apart.vmas, move(6, 8, 2), PLENTY);
    expect(spans(back.vmas)).toEqual(['0-2', '2-4', '8-12']);
    const next = callWith(
      release,
      play(release, map(0, 2, 'special')),
      map(2, 4, 'special'),
      PLENTY,
    );
    expect(spans(next.vmas)).toEqual(['0-2', '2-4']);
  });

  test('does not grow: EFAULT', () => {
    const vmas = play(release, ...SETUP);
    for (const flags of [[], ['MAYMOVE']] as const) {
      const after = callWith(release, vmas, remap(0, 4, 5, flags), PLENTY);
      expect(resultName(after)).toBe('EFAULT');
      expect(after.vmas).toEqual(vmas);
    }
  });

  test('shrinks', () => {
    const vmas = play(release, ...SETUP);
    expect(spans(callWith(release, vmas, remap(0, 4, 2), PLENTY).vmas)).toEqual(['0-2', '8-12']);
  });

  test('is not locked, without an error', () => {
    const vmas = play(release, map(0, 4, 'special'));
    const after = callWith(release, vmas, lock(1, 3), 0);
    expect([after.result, after.vmas, after.accounts.locked]).toEqual([0, vmas, 0]);
  });
});

describe('a growing move of a special mapping is EFAULT', () => {
  const grow = remap(0, 4, 5, FIXED, 8);

  test.each(releasesBefore('v6.17-rc1'))(
    'with the destination gone up to 6.16: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...SETUP), grow, PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['EFAULT', ['0-4']]);
    },
  );

  test.each(releasesFrom('v6.17-rc1'))(
    'before anything is unmapped from 6.17 on: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...SETUP), grow, PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['EFAULT', ['0-4', '8-12']]);
    },
  );
});

describe('DONTUNMAP of a special mapping is EINVAL', () => {
  // Up to 5.12 since it is not anonymous, then for VM_DONTEXPAND; before EFAULT for crossing its end.
  const call = moveKeeping(2, 6, 8);

  test.each(releasesOf('5.7', '6.16'))(
    'with the destination gone up to 6.16: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...SETUP), call, PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['EINVAL', ['0-4']]);
    },
  );

  test.each(releasesFrom('v6.17'))(
    'before anything is unmapped from 6.17 on: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...SETUP), moveKeeping(2, 4, 8), PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['EINVAL', ['0-4', '8-12']]);
    },
  );
});

describe.each(everyRelease)('an old length of zero on %s', (_id, release) => {
  test('duplicates nothing that is VM_DONTEXPAND, since that is growth', () => {
    const vmas = play(release, map(0, 4, 'special'));
    const after = callWith(release, vmas, remap(0, 0, 2, FIXED, 8), PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(after.vmas).toEqual(vmas);
  });
});
