import { describe, expect, test } from 'vitest';
import { type Vmas, vmaAt } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { NO_CHANGE } from '../../src/model/state.js';
import {
  isFaulted,
  isLocked,
  isShared,
  isWritable,
  type KindName,
  type ProtName,
} from '../../src/model/vma.js';
import { drift } from '../support/accounts.js';
import { spans } from '../support/page-map.js';
import {
  callWith,
  lock,
  map,
  move,
  moveKeeping,
  play,
  protect,
  remap,
  resultName,
  touch,
  unlock,
  unmap,
} from '../support/play.js';
import { everyRelease, releasesOf } from '../support/releases.js';

// mlock() changes flags VMA by VMA, as mprotect() does (mlock_fixup), and then populates the range; the
// caller may lock without bound. locked_vm goes with every VMA that is VM_LOCKED.

const PLENTY = 20;
/** Not looked at: the call succeeds above the limit too. */
const ANY = -3;

/** The ranges of the VMAs that are VM_LOCKED. */
const lockedSpans = (vmas: Vmas): string[] => spans(vmas.filter(isLocked));

/** What the call adds to locked_vm, and what is locked after it. */
function locks(release: Release, vmas: Vmas, call: Call): [pages: number, locked: string[]] {
  const after = callWith(release, vmas, call, PLENTY);
  return [after.accounts.locked, lockedSpans(after.vmas)];
}

/** The least headroom with which the call succeeds; with more it must not fail again. */
function leastHeadroom(release: Release, vmas: Vmas, call: Call): number {
  const succeeds: boolean[] = [];
  for (let h = ANY; h <= 10; h++) succeeds.push(callWith(release, vmas, call, h).result >= 0);
  const first = succeeds.indexOf(true);
  expect(first).toBeGreaterThanOrEqual(0);
  expect(succeeds.slice(first)).not.toContain(false);
  return ANY + first;
}

const faultedAt = (vmas: Vmas, page: number): boolean => {
  const vma = vmaAt(vmas, page);
  return vma !== undefined && isFaulted(vma);
};

describe.each(everyRelease)('mlock() and munlock() on %s', (_id, release) => {
  const whole = play(release, map(0, 6, 'anon'), touch(0, 6));

  test('split a VMA at the ends of the range, and merge it again', () => {
    const inside = callWith(release, whole, lock(2, 4), PLENTY);
    expect(spans(inside.vmas)).toEqual(['0-2', '2-4', '4-6']);
    expect(lockedSpans(inside.vmas)).toEqual(['2-4']);
    const edge = callWith(release, inside.vmas, lock(0, 2), PLENTY);
    expect(spans(edge.vmas)).toEqual(['0-4', '4-6']);
    const all = callWith(release, edge.vmas, lock(4, 6), PLENTY);
    expect(spans(all.vmas)).toEqual(['0-6']);
    const hole = callWith(release, all.vmas, unlock(2, 4), PLENTY);
    expect(lockedSpans(hole.vmas)).toEqual(['0-2', '4-6']);
    expect(callWith(release, hole.vmas, unlock(0, 6), PLENTY).vmas).toEqual(whole);
  });

  test.each([
    ['inside a VMA: split_vma() asks at each of the two splits', lock(2, 4), 2],
    ['at its start: split_vma() asks once', lock(0, 4), 1],
    ['at its end: split_vma() asks once', lock(2, 6), 1],
    ['of all of it: nothing is split', lock(0, 6), ANY],
    ['where nothing is locked: munlock() has nothing to change', unlock(2, 4), ANY],
  ])('ask for map slots %s', (_what, call, need) => {
    expect(leastHeadroom(release, whole, call)).toBe(need);
  });

  test('ask for none where the border between two VMAs moves', () => {
    // vma_merge() gives the range to the neighbour, and the count stays.
    const two = play(release, map(0, 6, 'anon'), touch(0, 6), lock(0, 2));
    expect(leastHeadroom(release, two, lock(2, 4))).toBe(ANY);
    expect(leastHeadroom(release, two, unlock(1, 2))).toBe(ANY);
    expect(spans(callWith(release, two, lock(2, 4), 0).vmas)).toEqual(['0-4', '4-6']);
  });

  test('leave the first of two splits behind where one map slot is left', () => {
    for (const [vmas, call] of [
      [whole, lock(2, 4)],
      [play(release, map(0, 6, 'anon'), touch(0, 6), lock(0, 6)), unlock(2, 4)],
    ] as const) {
      const after = callWith(release, vmas, call, 1);
      expect(resultName(after)).toBe('ENOMEM');
      expect(spans(after.vmas)).toEqual(['0-2', '2-6']);
      expect(new Set(after.vmas.map(isLocked)).size).toBe(1);
      expect(after.accounts).toEqual(NO_CHANGE);
    }
  });

  test('change what comes before a gap, and are ENOMEM', () => {
    const gap = play(release, map(0, 2, 'anon'), map(4, 6, 'anon'));
    const locked = callWith(release, gap, lock(0, 6), PLENTY);
    expect(resultName(locked)).toBe('ENOMEM');
    expect(lockedSpans(locked.vmas)).toEqual(['0-2']);
    expect(locked.accounts.locked).toBe(2);
    // do_mlock() returns before it populates.
    expect(faultedAt(locked.vmas, 0)).toBe(false);
    const unlocked = callWith(release, locked.vmas, unlock(0, 6), PLENTY);
    expect(resultName(unlocked)).toBe('ENOMEM');
    expect(lockedSpans(unlocked.vmas)).toEqual([]);
    expect(unlocked.accounts.locked).toBe(-2);
  });

  test('are ENOMEM and change nothing where nothing is mapped at the start', () => {
    const behind = play(release, map(2, 4, 'anon'));
    for (const call of [lock(0, 4), unlock(0, 4)]) {
      const after = callWith(release, behind, call, PLENTY);
      expect(resultName(after)).toBe('ENOMEM');
      expect(after.vmas).toEqual(behind);
    }
  });

  test('count every page in locked_vm once', () => {
    expect(locks(release, whole, lock(0, 4))).toEqual([4, ['0-4']]);
    const locked = play(release, map(0, 6, 'anon'), touch(0, 6), lock(0, 4));
    expect(locks(release, locked, lock(0, 4))).toEqual([0, ['0-4']]);
    expect(locks(release, locked, lock(2, 6))).toEqual([2, ['0-6']]);
    expect(locks(release, locked, unlock(3, 6))).toEqual([-1, ['0-3']]);
    expect(locks(release, locked, unlock(4, 6))).toEqual([0, ['0-4']]);
  });
});

describe.each(everyRelease)('what mlock() writes to in advance on %s', (_id, release) => {
  const kinds: readonly KindName[] = ['anon', 'fpriv', 'fshared', 'shm', 'ramfs'];
  const cases = kinds.flatMap((kind) =>
    (['rw', 'r'] as const).map((prot) => [kind, prot] as const),
  );

  test.each(cases)(
    '%s, %s: an anon_vma exactly if private and writable',
    (kind, prot: ProtName) => {
      const before = play(release, map(0, 4, kind, prot));
      const after = callWith(release, before, lock(1, 3), PLENTY).vmas;
      const vma = vmaAt(after, 1);
      if (vma === undefined) throw new Error('nothing is mapped any more');
      // populate_vma_page_range(): FOLL_WRITE if VM_WRITE without VM_SHARED.
      expect(isFaulted(vma)).toBe(isWritable(vma) && !isShared(vma));
      expect([faultedAt(after, 0), faultedAt(after, 3)]).toEqual([false, false]);
    },
  );

  test('is written when it becomes writable, if it was read-only', () => {
    // mprotect_fixup() populates a locked VMA that becomes writable.
    const readOnly = play(release, map(0, 4, 'anon', 'r'), lock(0, 2));
    expect(faultedAt(readOnly, 0)).toBe(false);
    const writable = callWith(release, readOnly, protect(0, 4, 'rw'), PLENTY).vmas;
    expect([faultedAt(writable, 0), faultedAt(writable, 2)]).toEqual([true, false]);
  });
});

describe.each(everyRelease)('a locked VMA on %s', (_id, release) => {
  const locked = play(release, map(0, 4, 'anon'), lock(0, 4));

  test('leaves locked_vm with what is unmapped', () => {
    expect(locks(release, locked, unmap(1, 3))).toEqual([-2, ['0-1', '3-4']]);
    expect(locks(release, locked, unmap(2, 8))).toEqual([-2, ['0-2']]);
  });

  test('leaves locked_vm with what is mapped over, which is not locked', () => {
    expect(locks(release, locked, map(1, 3, 'anon'))).toEqual([-2, ['0-1', '3-4']]);
    expect(locks(release, locked, map(0, 8, 'shm'))).toEqual([-4, []]);
  });

  test('leaves locked_vm with the destination of a move that it is', () => {
    const both = play(release, map(0, 4, 'anon'), lock(0, 4), map(8, 10, 'shm'));
    expect(locks(release, both, move(8, 10, 1))).toEqual([-2, ['0-1', '3-4']]);
  });

  test('leaves locked_vm with the tail when it shrinks', () => {
    expect(locks(release, locked, remap(0, 4, 1))).toEqual([-3, ['0-1']]);
    expect(locks(release, locked, remap(0, 4, 1, ['MAYMOVE', 'FIXED'], 8))).toEqual([-3, ['8-9']]);
  });

  test('stays locked where it grows in place, and what it grows by is counted', () => {
    expect(locks(release, locked, remap(0, 4, 6))).toEqual([2, ['0-6']]);
    expect(locks(release, locked, remap(2, 2, 6))).toEqual([4, ['0-8']]);
  });

  test('stays locked where it is moved, and what it grows by is counted', () => {
    expect(locks(release, locked, move(0, 4, 8))).toEqual([0, ['8-12']]);
    expect(locks(release, locked, move(1, 3, 8))).toEqual([0, ['0-1', '3-4', '8-10']]);
    expect(locks(release, locked, remap(0, 4, 6, ['MAYMOVE', 'FIXED'], 8))).toEqual([2, ['8-14']]);
    const blocked = play(release, map(0, 4, 'anon'), lock(0, 4), map(4, 5, 'shm'));
    expect(locks(release, blocked, remap(0, 4, 6, ['MAYMOVE']))).toEqual([2, ['10-16']]);
  });

  test('stays locked where an old length of zero duplicates it, and the duplicate is counted', () => {
    const shared = play(release, map(0, 4, 'fshared'), lock(0, 4));
    const duplicate = remap(0, 0, 2, ['MAYMOVE', 'FIXED'], 8);
    expect(locks(release, shared, duplicate)).toEqual([2, ['0-4', '8-10']]);
  });

  test('does not merge with one that is not', () => {
    // VM_LOCKED is one of the vm_flags that must be equal.
    const next = callWith(release, locked, map(4, 6, 'anon'), PLENTY);
    expect(spans(next.vmas)).toEqual(['0-4', '4-6']);
  });
});

// DONTUNMAP takes VM_LOCKED from the source VMA and keeps it on the copy.

const source = [map(0, 6, 'anon'), lock(0, 6)];
const part = moveKeeping(2, 4, 10);
const all = moveKeeping(0, 6, 8);

describe.each(releasesOf('5.7', '6.14'))('DONTUNMAP of a locked VMA on %s', (_id, release) => {
  const vmas = play(release, ...source);

  test('unlocks all of it though a part was moved, and locked_vm is not told', () => {
    const after = callWith(release, vmas, part, PLENTY);
    expect(spans(after.vmas)).toEqual(['0-6', '10-12']);
    expect(lockedSpans(after.vmas)).toEqual(['10-12']);
    expect(after.accounts.locked).toBe(0);
    // The 4 pages that were not moved.
    expect(drift(vmas, after).locked).toBe(4);
  });

  test('is exact where all of it is moved: the copy is as long', () => {
    expect(locks(release, vmas, all)).toEqual([0, ['8-14']]);
    expect(drift(vmas, callWith(release, vmas, all, PLENTY)).locked).toBe(0);
  });
});

describe.each(releasesOf('6.15', '7.1'))('DONTUNMAP of a locked VMA on %s', (_id, release) => {
  const vmas = play(release, ...source);

  test.each([
    ['a part', part, 2, ['10-12']],
    ['the whole', all, 6, ['8-14']],
  ])('of %s unlocks all of it and adds the copy to locked_vm', (_what, call, copy, now) => {
    expect(locks(release, vmas, call)).toEqual([copy, now]);
    // Too many by the whole source, whose pages were never taken off.
    expect(drift(vmas, callWith(release, vmas, call, PLENTY)).locked).toBe(6);
  });
});

describe.each(releasesOf('7.2'))('DONTUNMAP of a locked VMA on %s', (_id, release) => {
  const vmas = play(release, ...source);

  test('splits the part off first, so that the rest stays locked', () => {
    const after = callWith(release, vmas, part, PLENTY);
    expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-6', '10-12']);
    expect(lockedSpans(after.vmas)).toEqual(['0-2', '4-6', '10-12']);
    expect(after.accounts.locked).toBe(0);
    expect(drift(vmas, after).locked).toBe(0);
    // The part is a VMA of its own now, and all of it was moved: it has no anon_vma any more.
    expect([0, 2, 4].map((page) => faultedAt(after.vmas, page))).toEqual([true, false, true]);
  });

  test('is exact for the whole, and splits nothing', () => {
    const after = callWith(release, vmas, all, PLENTY);
    expect(spans(after.vmas)).toEqual(['0-6', '8-14']);
    expect([after.accounts.locked, lockedSpans(after.vmas)]).toEqual([0, ['8-14']]);
    expect(drift(vmas, after).locked).toBe(0);
  });

  test('asks for the 5 slots of the early check, which are enough for both splits', () => {
    expect(leastHeadroom(release, vmas, part)).toBe(5);
    const early = callWith(release, vmas, part, 4);
    expect(resultName(early)).toBe('ENOMEM');
    expect(early.vmas).toEqual(vmas);
    const strict = play(release, ...source, map(9, 13, 'shm'));
    // A hole for the destination, the copy, and two splits.
    const after = callWith(release, strict, part, 5);
    expect(after.mapCount).toBe(strict.length + 4);
    expect(drift(strict, after).locked).toBe(0);
  });

  test('does not split a source that is not locked', () => {
    const unlocked = play(release, map(0, 6, 'anon'), touch(0, 6));
    expect(spans(callWith(release, unlocked, part, PLENTY).vmas)).toEqual(['0-6', '10-12']);
  });
});

describe('a split of a locked source that finds no map slot', () => {
  // No call by itself comes that far, since the checks before ask for more.
  const unchecked = releaseByRef('v7.2[early=off,move=off]');
  const vmas = play(unchecked, ...source);

  test.each([
    [0, ['0-6']],
    [1, ['0-2', '2-6']],
  ])('is ENOMEM with %i left, and what was split stays', (headroom, left) => {
    const after = callWith(unchecked, vmas, part, headroom);
    expect(resultName(after)).toBe('ENOMEM');
    expect(spans(after.vmas)).toEqual(left);
    expect(after.vmas.every(isLocked)).toBe(true);
    expect(after.accounts).toEqual(NO_CHANGE);
  });
});
