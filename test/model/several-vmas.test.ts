import { describe, expect, test } from 'vitest';
import { kindName } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import { callWith, callWithout, map, move, play, resultName, touch } from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// FIXED with equal lengths over more than one VMA: d23cb648e365 (6.17).

const PLENTY = 50;

describe.each(releasesBefore('v6.17-rc1'))('a range of several VMAs on %s', (_id, release) => {
  test.each([
    ['two VMAs', [map(0, 2, 'shm'), map(2, 4, 'shm')]],
    ['a VMA and a gap behind it', [map(0, 2, 'shm')]],
  ])('is EFAULT if it is %s, and the destination is gone', (_what, setup) => {
    const vmas = play(release, ...setup, map(8, 12, 'shm'));
    const after = callWith(release, vmas, move(0, 4, 8), PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(spans(after.vmas)).toEqual(spans(vmas).slice(0, -1));
  });
});

describe.each(releasesFrom('v6.17-rc1'))('of several VMAs on %s', (_id, release) => {
  test('one that cannot be unmapped keeps none behind it mapped', () => {
    const vmas = play(release, map(0, 2, 'anon'), touch(0, 2), map(2, 3, 'anon', 'r'));
    const after = callWithout(
      release,
      vmas,
      move(1, 3, 8),
      'unmap-source-split-start: vm_area_dup',
    );
    expect(after.result).toBe(8);
    // Each piece has an munmap() of its own.
    expect(spans(after.vmas)).toEqual(['0-2', '8-9', '9-10']);
  });
});

/** 7.1 corrects the early check to 4. */
const asksForSix = releasesOf('6.17-rc1', '7.0').map(([, release]) => release);

describe.each(releasesFrom('v6.17-rc1'))('a range of several VMAs on %s', (_id, release) => {
  test('moves each of them, and the gap between them stays as wide', () => {
    const vmas = play(release, map(0, 2, 'shm'), map(3, 5, 'anon'));
    const after = callWith(release, vmas, move(0, 5, 8), PLENTY);
    expect(after.result).toBe(8);
    expect(spans(after.vmas)).toEqual(['8-10', '11-13']);
    expect(after.vmas.map(kindName)).toEqual(['shm', 'anon']);
    // Page p has the frame p + 1.
    expect(after.pages.slice(8, 13)).toEqual([1, 2, 11, 4, 5]);
  });

  test('leaves alone what the destination has opposite a gap', () => {
    const vmas = play(release, map(0, 2, 'shm'), map(3, 5, 'shm'), map(10, 11, 'ramfs'));
    const after = callWith(release, vmas, move(0, 5, 8), PLENTY);
    expect(spans(after.vmas)).toEqual(['8-10', '10-11', '11-13']);
    expect(after.vmas.map(kindName)).toEqual(['shm', 'ramfs', 'shm']);
  });

  test('may end in a gap', () => {
    const after = callWith(release, play(release, map(0, 2, 'shm')), move(0, 4, 8), PLENTY);
    expect(after.result).toBe(8);
    expect(spans(after.vmas)).toEqual(['8-10']);
  });

  test('may begin and end inside a VMA', () => {
    const vmas = play(release, map(0, 2, 'shm'), map(2, 4, 'shm'));
    const after = callWith(release, vmas, move(1, 3, 8), PLENTY);
    expect(spans(after.vmas)).toEqual(['0-1', '3-4', '8-9', '9-10']);
  });

  test.each([
    ['begins in a gap', move(1, 4, 8)],
    ['is nothing but a gap', move(4, 6, 8)],
  ])('is EFAULT if it %s, and nothing has moved', (_what, call) => {
    const vmas = play(release, map(2, 4, 'shm'), map(8, 12, 'shm'));
    const after = callWith(release, vmas, call, PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(after.vmas).toEqual(vmas);
  });

  test('is EFAULT at a later one that has its own get_unmapped_area; those before have moved', () => {
    const vmas = play(release, map(0, 2, 'shm'), map(2, 4, 'ramfs'), map(8, 12, 'shm'));
    const after = callWith(release, vmas, move(0, 4, 8), PLENTY);
    expect(resultName(after)).toBe('EFAULT');
    expect(spans(after.vmas)).toEqual(['2-4', '8-10', '10-12']);
    expect(after.pages.slice(8, 12)).toEqual([1, 2, 11, 12]);
  });

  test('runs out of map slots at the second: a hole for each destination, and the check of each move', () => {
    // The first piece takes a slot for its hole, one for the copy and, being the end of its VMA, none
    // for the source; the hole of the second piece is one more than move_vma() then spares.
    const vmas = play(release, map(0, 3, 'shm'), map(4, 5, 'shm'), map(8, 16, 'shm', 'r'));
    const early = asksForSix.includes(release) ? 6 : 4;
    expect(resultName(callWith(release, vmas, move(1, 5, 9), early))).toBe('ENOMEM');
    const after = callWith(release, vmas, move(1, 5, 9), early);
    expect(spans(after.vmas)).toEqual(['0-1', '4-5', '8-9', '9-11', '11-12', '13-16']);
    expect(callWith(release, vmas, move(1, 5, 9), early + 1).result).toBe(9);
  });
});

describe('a first VMA with its own get_unmapped_area', () => {
  const beforeAnother = [map(0, 2, 'ramfs'), map(2, 4, 'shm'), map(8, 12, 'shm')];
  const beforeGap = [map(0, 2, 'ramfs'), map(8, 12, 'shm')];

  describe.each(releasesOf('6.17-rc1', '6.17-rc5'))('on %s', (_id, release) => {
    test('moves, and the one behind it is EFAULT', () => {
      const after = callWith(release, play(release, ...beforeAnother), move(0, 4, 8), PLENTY);
      expect(resultName(after)).toBe('EFAULT');
      expect(spans(after.vmas)).toEqual(['2-4', '8-10', '10-12']);
      expect(after.vmas.map(kindName)).toEqual(['shm', 'ramfs', 'shm']);
      expect(after.pages.slice(8, 12)).toEqual([1, 2, 11, 12]);
    });

    test('moves if a gap follows', () => {
      const after = callWith(release, play(release, ...beforeGap), move(0, 4, 8), PLENTY);
      expect(after.result).toBe(8);
      expect(spans(after.vmas)).toEqual(['8-10', '10-12']);
      expect(after.vmas.map(kindName)).toEqual(['ramfs', 'shm']);
    });
  });

  // d5f416c7c364
  describe.each(releasesFrom('v6.17'))('on %s', (_id, release) => {
    test.each([
      ['another VMA follows', beforeAnother],
      ['a gap follows', beforeGap],
    ])('is EFAULT if %s, and nothing has moved', (_what, setup) => {
      const vmas = play(release, ...setup);
      const after = callWith(release, vmas, move(0, 4, 8), PLENTY);
      expect(resultName(after)).toBe('EFAULT');
      expect(after.vmas).toEqual(vmas);
    });
  });
});

describe.each(everyRelease)('a mapping with its own get_unmapped_area on %s', (_id, release) => {
  test('moves alone, whole or in part', () => {
    const vmas = play(release, map(0, 4, 'ramfs'));
    expect(spans(callWith(release, vmas, move(0, 4, 8), PLENTY).vmas)).toEqual(['8-12']);
    expect(spans(callWith(release, vmas, move(1, 3, 8), PLENTY).vmas)).toEqual([
      '0-1',
      '3-4',
      '8-10',
    ]);
  });
});
