import { describe, expect, test } from 'vitest';
import { isArmed } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import {
  callWith,
  map,
  move,
  moveKeeping,
  play,
  register,
  resultName,
  touch,
  unmap,
} from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// A range registered with a userfaultfd that is not told of moves (no UFFD_FEATURE_EVENT_REMAP).

const PLENTY = 20;
const WITH = releasesFrom('v2.6.33');

test.each(releasesBefore('v2.6.33'))('there is no userfaultfd before 4.3: %s', (_id, release) => {
  const vmas = play(release, map(0, 4, 'anon'));
  expect(resultName(callWith(release, vmas, register(0, 4), PLENTY))).toBe('ENOSYS');
});

describe.each(WITH)('registering a range on %s', (_id, release) => {
  test('splits what it does not cover whole, each split asking for a map slot', () => {
    const vmas = play(release, map(0, 6, 'anon'));
    const after = callWith(release, vmas, register(2, 4), 2);
    expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-6']);
    expect(after.vmas.map(isArmed)).toEqual([false, true, false]);
    const half = callWith(release, vmas, register(2, 4), 1);
    expect([resultName(half), spans(half.vmas)]).toEqual(['ENOMEM', ['0-2', '2-6']]);
  });

  test('merges with a neighbour that is registered', () => {
    const vmas = play(release, map(0, 6, 'anon'), register(0, 2));
    const after = callWith(release, vmas, register(2, 4), 0);
    expect(spans(after.vmas)).toEqual(['0-4', '4-6']);
  });

  test('goes on behind a gap', () => {
    const vmas = play(release, map(0, 2, 'anon'), map(4, 6, 'shm'), register(0, 6));
    expect(vmas.map(isArmed)).toEqual([true, true]);
  });

  // hugetlb_vm_op_split() would refuse them, but both ends are looked at before.
  test('takes whole huge pages, and no part of one', () => {
    const vmas = play(release, map(2, 8, 'hugetlb'));
    const after = callWith(release, vmas, register(4, 6), PLENTY);
    expect(spans(after.vmas)).toEqual(['2-4', '4-6', '6-8']);
    expect(after.vmas.map(isArmed)).toEqual([false, true, false]);
    for (const part of [register(3, 6), register(4, 7), register(1, 4)]) {
      const refused = callWith(release, vmas, part, PLENTY);
      expect([resultName(refused), refused.vmas]).toEqual(['EINVAL', vmas]);
    }
    expect(resultName(callWith(release, vmas, register(0, 9), PLENTY))).toBe('ok');
  });

  test('is EINVAL for kinds without missing pages, and changes nothing', () => {
    for (const kind of ['ramfs', 'special'] as const) {
      const vmas = play(release, map(0, 2, 'anon'), map(2, 4, kind));
      const after = callWith(release, vmas, register(0, 4), PLENTY);
      expect([resultName(after), after.vmas]).toEqual(['EINVAL', vmas]);
    }
  });
});

describe('the copy of a registered VMA', () => {
  const setup = [map(0, 4, 'anon'), touch(0, 4), register(0, 4)];

  test.each(WITH.filter(([id]) => id === 'v2.6.33'))(
    'is registered up to 5.0 (3cfd22be0ad6 is of 5.0): %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...setup), move(0, 4, 8), PLENTY);
      expect(after.vmas.map(isArmed)).toEqual([true]);
    },
  );

  test.each(releasesFrom('v5.1'))('is not registered from then on: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), move(1, 3, 8), PLENTY);
    expect(spans(after.vmas)).toEqual(['0-1', '3-4', '8-10']);
    expect(after.vmas.map(isArmed)).toEqual([true, true, false]);
  });

  test.each(releasesFrom('v5.7'))('leaves a source of DONTUNMAP registered: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), moveKeeping(0, 4, 8), PLENTY);
    expect(after.vmas.map(isArmed)).toEqual([true, false]);
  });

  // The copy is made registered, so that it fits a registered neighbour; then both are taken off.
  const beside = [map(8, 10, 'anon'), register(8, 10), map(0, 2, 'anon'), register(0, 2)];

  test.each(releasesFrom('v5.1', 'v7.3'))(
    'merges with a registered neighbour, which is then registered no more, up to 7.2: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...beside), move(0, 2, 10), PLENTY);
      expect(spans(after.vmas)).toEqual(['8-12']);
      expect(after.vmas.map(isArmed)).toEqual([false]);
    },
  );

  test.each(releasesFrom('v7.3'))('never merges from 7.3 on: %s', (_id, release) => {
    const after = callWith(release, play(release, ...beside), move(0, 2, 10), PLENTY);
    expect(spans(after.vmas)).toEqual(['8-10', '10-12']);
    expect(after.vmas.map(isArmed)).toEqual([true, false]);
  });
});

describe('a registered VMA in a move of several', () => {
  const last = [map(0, 2, 'shm'), map(2, 4, 'anon'), register(2, 4)];
  const first = [map(0, 2, 'anon'), register(0, 2), map(2, 4, 'shm')];

  test.each(releasesOf('6.17-rc1'))('ends it behind the first: %s', (_id, release) => {
    const after = callWith(release, play(release, ...last), move(0, 4, 8), PLENTY);
    expect([resultName(after), spans(after.vmas)]).toEqual(['EFAULT', ['2-4', '8-10']]);
  });

  test.each(releasesOf('6.17-rc1', '6.17-rc5'))(
    'that is the first is moved, and nothing behind it, up to d5f416c7c364: %s',
    (_id, release) => {
      const after = callWith(release, play(release, ...first), move(0, 4, 8), PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['EFAULT', ['2-4', '8-10']]);
    },
  );

  test.each(releasesOf('6.17'))('that is the first refuses all since: %s', (_id, release) => {
    const vmas = play(release, ...first, map(8, 10, 'shm'));
    const after = callWith(release, vmas, move(0, 4, 8), PLENTY);
    expect([resultName(after), after.vmas]).toEqual(['EFAULT', vmas]);
  });

  test.each(releasesOf('6.17'))('that is alone moves: %s', (_id, release) => {
    const vmas = play(release, map(0, 2, 'anon'), register(0, 2));
    expect(callWith(release, vmas, move(0, 2, 8), PLENTY).result).toBe(8);
  });
});

describe.each(everyRelease)('a mapping over what was registered on %s', (_id, release) => {
  test('is not', () => {
    const armed =
      release.id === 'v2.6.12' ? [map(0, 4, 'anon')] : [map(0, 4, 'anon'), register(0, 4)];
    const vmas = play(release, ...armed, unmap(0, 2), map(0, 2, 'anon'), map(2, 4, 'anon'));
    expect(vmas.some(isArmed)).toBe(false);
  });
});
