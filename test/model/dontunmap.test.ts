import { describe, expect, test } from 'vitest';
import { type Vmas, vmaAt } from '../../src/model/address-space.js';
import { displacementOf, idOf, isAccounted, isFaulted, type Vma } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import { callWith, map, move, moveKeeping, play, touch } from '../support/play.js';
import { releasesFrom, releasesOf } from '../support/releases.js';

// What DONTUNMAP leaves at the old place, besides that it is mapped and empty.

const at = (vmas: Vmas, page: number): Vma => {
  const vma = vmaAt(vmas, page);
  if (vma === undefined) throw new Error(`nothing is mapped at page ${page}`);
  return vma;
};

const idsOf = (first: string, last: string): string[] => releasesOf(first, last).map(([id]) => id);

const written = [map(0, 6, 'anon'), touch(0, 6)];

describe.each(releasesFrom('v5.7'))('DONTUNMAP on %s', (_id, release) => {
  test('moves the pages and leaves the source mapped, in one piece and empty', () => {
    const vmas = play(release, ...written);
    const after = callWith(release, vmas, moveKeeping(2, 4, 10), 9);
    expect(spans(after.vmas)).toEqual(['0-6', '10-12']);
    expect(after.pages.slice(0, 6)).toEqual([1, 2, 0, 0, 5, 6]);
    expect(after.pages.slice(10, 12)).toEqual([3, 4]);
  });

  test('of a part leaves the source its anon_vma, which the copy shares', () => {
    const vmas = play(release, ...written, moveKeeping(2, 4, 10));
    expect(isFaulted(at(vmas, 0))).toBe(true);
    expect(idOf(at(vmas, 10))).toBe(idOf(at(vmas, 0)));
  });
});

describe('DONTUNMAP of a whole VMA', () => {
  const calls = [...written, moveKeeping(0, 6, 10)];

  test.each(releasesFrom('v5.7', 'v5.12'))('leaves its anon_vma up to 5.11: %s', (_id, release) => {
    expect(isFaulted(at(play(release, ...calls), 0))).toBe(true);
  });

  test.each(releasesFrom('v5.12'))('drops its anon_vma from 5.12 on: %s', (_id, release) => {
    const vmas = play(release, ...calls);
    expect(isFaulted(at(vmas, 0))).toBe(false);
    expect(isFaulted(at(vmas, 10))).toBe(true);
  });
});

describe('DONTUNMAP of a whole VMA that was moved before', () => {
  // Written at page 0 and moved to 8, so that its pgoff is 0.
  const calls = [map(0, 2, 'anon'), touch(0, 2), move(0, 2, 8), moveKeeping(8, 10, 4)];

  test.each(releasesFrom('v5.7', 'v7.2'))('leaves its pgoff up to 7.1: %s', (_id, release) => {
    expect(displacementOf(at(play(release, ...calls), 8))).toBe(-8);
  });

  test.each(releasesFrom('v7.2'))('resets its pgoff from 7.2 on: %s', (_id, release) => {
    expect(displacementOf(at(play(release, ...calls), 8))).toBe(0);
  });

  test.each(releasesFrom('v7.2'))('leaves the pgoff of a file: %s', (_id, release) => {
    const vmas = play(release, map(0, 2, 'fshared'), move(0, 2, 8), moveKeeping(8, 10, 4));
    expect(displacementOf(at(vmas, 8))).toBe(-8);
  });
});

describe('the charge of a source', () => {
  test.each(releasesFrom('v5.7'))('of a part of a VMA: %s', (id, release) => {
    // 6.15 up to 6.17-rc take VM_ACCOUNT from the whole VMA; 0e59f47c15ce gave it back.
    const vmas = play(release, ...written, moveKeeping(2, 4, 10));
    expect(isAccounted(at(vmas, 0))).toBe(!idsOf('6.15', '6.17-rc5').includes(id));
    expect(isAccounted(at(vmas, 10))).toBe(true);
  });

  test.each(releasesFrom('v5.7'))('inside a VMA, for the VMA behind it: %s', (id, release) => {
    // Up to 5.10 move_vma() marks vma->vm_next, whichever that is.
    const vmas = play(release, ...written, map(8, 9, 'anon', 'r'), moveKeeping(2, 4, 10));
    expect(isAccounted(at(vmas, 8))).toBe(idsOf('5.7', '5.10').includes(id));
  });

  test.each(releasesFrom('v5.7'))(
    'at the edge of a VMA, for the VMA behind it: %s',
    (_id, release) => {
      const vmas = play(release, ...written, map(8, 9, 'anon', 'r'), moveKeeping(0, 4, 10));
      expect(isAccounted(at(vmas, 8))).toBe(false);
    },
  );
});
