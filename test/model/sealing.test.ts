import { test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Vmas } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import { NO_CHANGE } from '../../src/model/state.js';
import { isLocked, isSealed, VM_LOCKED, VM_UFFD, withFlags, withId } from '../../src/model/vma.js';
import { addressSpaces, calls, headrooms } from '../support/arbitraries.js';
import { pageMap, spans } from '../support/page-map.js';
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
  seal,
  touch,
  unlock,
  unmap,
} from '../support/play.js';
import { releasesOf } from '../support/releases.js';

// mseal() came with 6.10. Up to 6.11 a call asked at its start whether anything of its range is sealed;
// since 6.12 (38075679b5f1) each VMA is asked when its turn comes, with what was done before undone only
// in part.

const PLENTY = 20;
const PAGES = 16;

const sealedSpans = (vmas: Vmas): string[] => spans(vmas.filter(isSealed));

/** The call is refused, and leaves the VMAs as they were. */
function expectRefused(release: Release, vmas: Vmas, call: Call, errno: string, headroom = PLENTY) {
  const after = callWith(release, vmas, call, headroom);
  expect(resultName(after)).toBe(errno);
  expect(after.vmas).toEqual(vmas);
  expect(after.accounts).toEqual(NO_CHANGE);
}

test.each(releasesOf('2.6.0', '6.9'))('there is no mseal() before 6.10: %s', (_id, release) => {
  expectRefused(release, play(release, map(0, 4, 'anon')), seal(0, 4), 'ENOSYS');
});

describe.each(releasesOf('6.10'))('mseal() on %s', (_id, release) => {
  const vmas = play(release, map(0, 6, 'anon'));

  test('splits a VMA at the ends of the range, and merges it again', () => {
    const inside = callWith(release, vmas, seal(2, 4), PLENTY).vmas;
    expect(spans(inside)).toEqual(['0-2', '2-4', '4-6']);
    expect(sealedSpans(inside)).toEqual(['2-4']);
    const rest = callWith(release, inside, seal(0, 4), PLENTY).vmas;
    expect(sealedSpans(callWith(release, rest, seal(4, 6), PLENTY).vmas)).toEqual(['0-6']);
  });

  test('of all of it merges what was sealed before with both sides, but not in 6.17', () => {
    const inside = callWith(release, vmas, seal(2, 4), PLENTY).vmas;
    const all = callWith(release, inside, seal(0, 6), PLENTY).vmas;
    // From 6.17 on it takes the VMA behind a merge to begin where the merge began (6.17.0, booted).
    const losesPlace = ['v6.17-rc1', 'v6.17'].includes(release.id);
    expect(sealedSpans(all)).toEqual(losesPlace ? ['0-4', '4-6'] : ['0-6']);
  });

  test('finds its place again behind what was sealed before and has not merged', () => {
    const two = play(release, map(0, 2, 'anon'), map(2, 6, 'anon', 'r'), seal(2, 3));
    const all = callWith(release, two, seal(0, 6), PLENTY).vmas;
    expect(sealedSpans(all)).toEqual(['0-2', '2-6']);
  });

  test('has nothing to do where all is sealed', () => {
    const sealed = play(release, map(0, 6, 'anon'), seal(0, 6));
    const again = callWith(release, sealed, seal(2, 4), 0);
    expect(resultName(again)).toBe('ok');
    expect(again.vmas).toEqual(sealed);
  });

  test('asks for a map slot at each split, and leaves the first behind', () => {
    const one = callWith(release, vmas, seal(2, 4), 1);
    expect(resultName(one)).toBe('ENOMEM');
    expect(spans(one.vmas)).toEqual(['0-2', '2-6']);
    expect(sealedSpans(one.vmas)).toEqual([]);
    expect(resultName(callWith(release, vmas, seal(2, 4), 2))).toBe('ok');
    expect(resultName(callWith(release, vmas, seal(0, 6), 0))).toBe('ok');
  });

  test.each([
    ['before the range', [map(2, 4, 'anon')]],
    ['inside it', [map(0, 2, 'anon'), map(3, 6, 'anon')]],
    ['at its end', [map(0, 2, 'anon'), map(2, 5, 'shm')]],
  ])('refuses a gap %s before it seals anything', (_where, setup) => {
    expectRefused(release, play(release, ...setup), seal(0, 6), 'ENOMEM');
  });
});

describe.each(releasesOf('6.10'))('a sealed VMA on %s', (_id, release) => {
  const sealed = play(release, map(2, 6, 'anon'), touch(2, 6), seal(2, 6));

  test.each([
    ['unmapped', unmap(2, 6)],
    ['unmapped with the free pages around it', unmap(0, 8)],
    ['unmapped in part', unmap(3, 5)],
    ['mapped over', map(2, 6, 'anon')],
    ['mapped over in part', map(0, 3, 'shm')],
    ['made read-only', protect(2, 6, 'r')],
    ['made read-only in part', protect(3, 5, 'r')],
    ['given the protection that it has', protect(2, 6, 'rw')],
    ['moved', move(2, 6, 8)],
    ['moved in part', move(3, 5, 8)],
    ['moved and left mapped', moveKeeping(2, 6, 8)],
    ['grown in place', remap(2, 4, 6)],
    ['shrunk', remap(2, 4, 2)],
  ])('is not %s', (_what, call) => {
    expectRefused(release, sealed, call, 'EPERM');
  });

  test('may be locked and unlocked, and is split for that', () => {
    const locked = callWith(release, sealed, lock(3, 5), PLENTY);
    expect(resultName(locked)).toBe('ok');
    expect(locked.accounts.locked).toBe(2);
    expect(spans(locked.vmas)).toEqual(['2-3', '3-5', '5-6']);
    expect(locked.vmas.map(isLocked)).toEqual([false, true, false]);
    expect(locked.vmas.every(isSealed)).toBe(true);
    expect(callWith(release, locked.vmas, unlock(2, 6), PLENTY).vmas).toEqual(sealed);
  });

  test('may be written to', () => {
    expect(resultName(callWith(release, sealed, touch(2, 6), 0))).toBe('ok');
  });

  test('is no destination, and the source stays', () => {
    const both = play(release, map(2, 6, 'anon'), seal(2, 6), map(8, 10, 'shm'));
    for (const to of [2, 3, 4]) expectRefused(release, both, move(8, 10, to), 'EPERM');
    expectRefused(release, both, remap(8, 2, 4, ['MAYMOVE', 'FIXED'], 0), 'EPERM');
  });

  test('does not merge with one that is not', () => {
    // VM_SEALED is one of the vm_flags that must be equal.
    expect(spans(callWith(release, sealed, map(6, 8, 'anon'), PLENTY).vmas)).toEqual([
      '2-6',
      '6-8',
    ]);
  });
});

// Which comes first for a sealed source, the early check of map_count or the seal.

const FIXED = move(0, 4, 8);
const DONTUNMAP = moveKeeping(0, 4, 8);
const IN_PLACE = [remap(0, 4, 2), remap(0, 4, 6), remap(0, 4, 6, ['MAYMOVE'])];
const source = (release: Release) => play(release, map(0, 4, 'anon'), touch(0, 4), seal(0, 4));

describe('a sealed source near the limit', () => {
  test.each(releasesOf('6.10', '6.11'))(
    'is hidden by ENOMEM with a new address in 6.10 and 6.11, which check the count before the range: %s',
    (_id, release) => {
      for (const call of [FIXED, DONTUNMAP]) {
        expectRefused(release, source(release), call, 'ENOMEM', 0);
      }
    },
  );

  test.each(releasesOf('6.12', '6.14'))(
    'is EPERM from 6.12 to 6.14, where the lookup comes first: %s',
    (_id, release) => {
      for (const call of [FIXED, DONTUNMAP, remap(0, 4, 4), ...IN_PLACE]) {
        expectRefused(release, source(release), call, 'EPERM', 0);
      }
    },
  );

  test.each(releasesOf('6.15', '7.0'))(
    'is hidden by ENOMEM with a new address from 6.15 to 7.0, which check the count without the lock: %s',
    (_id, release) => {
      for (const call of [FIXED, DONTUNMAP]) {
        expectRefused(release, source(release), call, 'ENOMEM', 5);
        expectRefused(release, source(release), call, 'EPERM', 6);
      }
      for (const call of [remap(0, 4, 4), ...IN_PLACE]) {
        expectRefused(release, source(release), call, 'EPERM', 0);
      }
    },
  );

  test.each(releasesOf('7.1'))(
    'is hidden by ENOMEM from 7.1 on, whatever the call: %s',
    (_id, release) => {
      for (const call of [FIXED, remap(0, 4, 4), ...IN_PLACE]) {
        expectRefused(release, source(release), call, 'ENOMEM', 3);
        expectRefused(release, source(release), call, 'EPERM', 4);
      }
      expectRefused(release, source(release), DONTUNMAP, 'ENOMEM', 3);
      expectRefused(release, source(release), DONTUNMAP, 'EPERM', 5);
    },
  );
});

// The range begins inside a VMA that is not sealed and goes on into one that is.

const mixed = (release: Release) => play(release, map(0, 4, 'shm'), map(4, 6, 'shm'), seal(4, 6));

describe.each(releasesOf('6.10', '6.11'))('a seal further on in a range on %s', (_id, release) => {
  test('is seen before anything is split', () => {
    for (const call of [unmap(2, 6), unmap(2, 5), map(2, 6, 'anon'), protect(0, 6, 'r')]) {
      expectRefused(release, mixed(release), call, 'EPERM');
    }
    const more = play(release, map(0, 4, 'shm'), map(4, 6, 'shm'), seal(4, 6), map(8, 12, 'anon'));
    expectRefused(release, more, move(8, 12, 2), 'EPERM');
  });
});

describe.each(releasesOf('6.10', '6.11'))('nothing in front of a seal on %s', (_id, release) => {
  // can_modify_mm() stands behind the search for a first VMA.
  test('is what mprotect() finds first', () => {
    const vmas = play(release, map(2, 4, 'shm'), seal(2, 4));
    expectRefused(release, vmas, protect(1, 3, 'r'), 'ENOMEM');
    expectRefused(release, vmas, protect(2, 3, 'r'), 'EPERM');
    expectRefused(release, vmas, unmap(1, 3), 'EPERM');
  });

  // No VMA lies between a page and itself.
  test('is not asked in an empty range, wherever in its VMA that is', () => {
    const vmas = play(release, map(0, 2, 'shm'), seal(0, 2));
    for (const from of [0, 1]) {
      const after = callWith(release, vmas, remap(from, 0, 1, ['MAYMOVE', 'FIXED'], 4), PLENTY);
      expect([resultName(after), spans(after.vmas)]).toEqual(['ok', ['0-2', '4-5']]);
    }
  });
});

describe.each(releasesOf('6.12'))('a seal further on in a range on %s', (_id, release) => {
  test.each([
    ['munmap()', unmap(2, 6)],
    ['munmap() that ends inside it', unmap(2, 5)],
    ['mmap()', map(2, 6, 'anon')],
  ])('refuses %s when the VMA before it is split, and the split stays', (_what, call) => {
    const after = callWith(release, mixed(release), call, PLENTY);
    expect(resultName(after)).toBe('EPERM');
    expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-6']);
    expect(sealedSpans(after.vmas)).toEqual(['4-6']);
    expect(after.accounts).toEqual(NO_CHANGE);
  });

  test('is found without a split where the range begins with a VMA', () => {
    for (const call of [unmap(0, 6), unmap(0, 5), map(0, 6, 'anon')]) {
      expectRefused(release, mixed(release), call, 'EPERM');
    }
  });

  test('in the destination of a move leaves the split too, and the source as it was', () => {
    const vmas = play(release, map(0, 4, 'shm'), map(4, 6, 'shm'), seal(4, 6), map(8, 12, 'anon'));
    const after = callWith(release, vmas, move(8, 12, 2), PLENTY);
    expect(resultName(after)).toBe('EPERM');
    expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-6', '8-12']);
    expect(after.pages.slice(8, 12)).toEqual([9, 10, 11, 12]);
  });

  test('in the tail of a shrinking call leaves the split too', () => {
    const after = callWith(release, mixed(release), remap(0, 6, 2), PLENTY);
    expect(resultName(after)).toBe('EPERM');
    expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-6']);
  });

  test('takes map_count above the limit, one munmap() at a time', () => {
    // The count is asked for a hole inside one VMA alone, and this range is none.
    let vmas = play(release, map(0, 6, 'shm'), map(6, 8, 'shm'), seal(6, 8));
    const limit = vmas.length;
    for (const start of [5, 4, 3, 2, 1]) {
      const after = callWith(release, vmas, unmap(start, 8), limit - vmas.length);
      expect(resultName(after)).toBe('EPERM');
      vmas = after.vmas;
    }
    // The first split leaves 0-5 and 5-6; the next ones cut the first of these, and so on.
    expect(vmas).toHaveLength(limit + 5);
  });

  test('refuses mprotect() with the VMAs before it changed', () => {
    const vmas = play(release, map(0, 2, 'anon', 'r'), map(2, 4, 'shm'), map(4, 6, 'fshared'));
    const sealed = callWith(release, vmas, seal(4, 6), PLENTY).vmas;
    const after = callWith(release, sealed, protect(0, 6, 'r'), PLENTY);
    expect(resultName(after)).toBe('EPERM');
    expect(after.vmas).toEqual(callWith(release, sealed, protect(0, 4, 'r'), PLENTY).vmas);
    expect(after.vmas).not.toEqual(sealed);
  });
});

test.each(releasesOf('6.12', '7.0'))(
  'a shrinking mremap() that meets a seal takes map_count above the limit, up to 7.0: %s',
  (_id, release) => {
    // From 7.1 on every call asks for 4 map slots first.
    const after = callWith(release, mixed(release), remap(0, 6, 2), 0);
    expect(resultName(after)).toBe('EPERM');
    expect(after.mapCount).toBe(mixed(release).length + 1);
  },
);

describe('munmap() inside a sealed VMA at the limit', () => {
  const inside = (release: Release) => play(release, map(0, 6, 'shm'), seal(0, 6));

  test.each(releasesOf('6.12'))(
    'is ENOMEM, since the hole is counted before the seal is looked at: %s',
    (_id, release) => {
      expectRefused(release, inside(release), unmap(2, 4), 'ENOMEM', 0);
      expectRefused(release, inside(release), unmap(2, 4), 'EPERM', 1);
      // At an edge there is nothing to count.
      expectRefused(release, inside(release), unmap(0, 4), 'EPERM', 0);
      expectRefused(release, inside(release), unmap(2, 6), 'EPERM', 0);
    },
  );

  test.each(releasesOf('6.10', '6.11'))(
    'is EPERM in 6.10 and 6.11, which look at the range first: %s',
    (_id, release) => {
      expectRefused(release, inside(release), unmap(2, 4), 'EPERM', 0);
    },
  );
});

describe.each(releasesOf('6.17'))('a move of several VMAs on %s', (_id, release) => {
  test('stops at the sealed one, with those before it moved', () => {
    const vmas = play(release, map(0, 2, 'shm'), map(2, 4, 'shm'), map(4, 6, 'shm'), seal(2, 4));
    const after = callWith(release, vmas, move(0, 6, 8), PLENTY);
    expect(resultName(after)).toBe('EPERM');
    expect(spans(after.vmas)).toEqual(['2-4', '4-6', '8-10']);
  });
});

/** What is mapped at each page that is sealed, whether locked, registered or written to or not. */
const sealedPages = (vmas: Vmas): string[] =>
  pageMap(
    vmas.filter(isSealed).map((vma) => withId(withFlags(vma, VM_LOCKED | VM_UFFD, false), 0)),
    PAGES,
  );

describe.each(releasesOf('6.10'))('sealed pages on %s', (_id, release) => {
  property.prop([addressSpaces(PAGES), calls(PAGES), headrooms])(
    'stay as they are through every call, whatever comes of it',
    (vmas, call, headroom) => {
      const before = sealedPages(vmas);
      const after = sealedPages(callWith(release, vmas, call, headroom).vmas);
      expect(before.map((page, i) => page && after[i])).toEqual(before);
    },
  );
});
