import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Vmas, vmaAt } from '../../src/model/address-space.js';
import { type Call, DONTUNMAP, FIXED } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { run } from '../../src/model/run.js';
import { type Accounts, addAccounts, env, NO_CHANGE } from '../../src/model/state.js';
import { isAccounted } from '../../src/model/vma.js';
import { drift, recount } from '../support/accounts.js';
import { addressSpaces, calls } from '../support/arbitraries.js';
import {
  callWith,
  frames,
  lock,
  map,
  move,
  moveKeeping,
  play,
  protect,
  remap,
  touch,
  unmap,
} from '../support/play.js';
import {
  chargingMovesOnce,
  everyRelease,
  release as releaseNamed,
  releasesOf,
} from '../support/releases.js';

// total_vm is to be the pages of all VMAs, locked_vm those of the VMAs with VM_LOCKED, and the commit
// charge those of the VMAs with VM_ACCOUNT. Some releases count a few calls wrong; all others are exact.

const PAGES = 16;
const PLENTY = 20;

/** Calls that no release counts wrong: neither DONTUNMAP nor FIXED with a shorter new length. */
const isCountedRight = (call: Call): boolean =>
  call.call !== 'mremap' ||
  ((call.flags & DONTUNMAP) === 0 && !((call.flags & FIXED) !== 0 && call.newLen < call.oldLen));

const histories = fc.array(calls(PAGES).filter(isCountedRight), { minLength: 8, maxLength: 8 });
const limits = fc.integer({ min: 3, max: 13 });

describe.each(chargingMovesOnce)('the counters on %s', (_id, release) => {
  const on = machine(release);

  property.prop([addressSpaces(PAGES), histories, limits], { numRuns: 300 })(
    'are what is mapped after every call of a history without DONTUNMAP and FIXED shrinking',
    (start, history, limit) => {
      let vmas = start;
      let counted = recount(start);
      for (const call of history) {
        const outcome = run(on, env(limit, PAGES), vmas, frames, call);
        vmas = outcome.vmas;
        counted = addAccounts(counted, outcome.accounts);
        expect(counted).toEqual(recount(vmas));
      }
    },
  );
});

const anyHistories = fc.array(calls(PAGES), { minLength: 8, maxLength: 8 });

describe.each(everyRelease)('total_vm on %s', (_id, release) => {
  const on = machine(release);

  property.prop([addressSpaces(PAGES), anyHistories, limits])(
    'is what is mapped after every call of any history',
    (start, history, limit) => {
      let vmas = start;
      let total = recount(start).total;
      for (const call of history) {
        const outcome = run(on, env(limit, PAGES), vmas, frames, call);
        vmas = outcome.vmas;
        total += outcome.accounts.total;
        expect(total).toBe(recount(vmas).total);
      }
    },
  );
});

/** The drift of a call after these. */
function driftOf(release: Release, setup: readonly Call[], call: Call): Accounts {
  const vmas = play(release, ...setup);
  const outcome = callWith(release, vmas, call, PLENTY);
  expect(outcome.result).toBeGreaterThanOrEqual(0);
  return drift(vmas, outcome);
}

const accountedAt = (vmas: Vmas, page: number): boolean => {
  const vma = vmaAt(vmas, page);
  return vma !== undefined && isAccounted(vma);
};

describe.each(chargingMovesOnce)('the commit charge on %s', (_id, release) => {
  const charged = play(release, map(0, 4, 'anon'), touch(0, 4));
  const committed = (vmas: Vmas, call: Call): number =>
    callWith(release, vmas, call, PLENTY).accounts.committed;

  test('takes private memory that is mapped writable, and no other', () => {
    expect(committed([], map(0, 4, 'anon'))).toBe(4);
    expect(committed([], map(0, 4, 'fpriv'))).toBe(4);
    for (const kind of ['fshared', 'shm', 'ramfs'] as const) {
      expect(committed([], map(0, 4, kind))).toBe(0);
    }
    expect(committed([], map(0, 4, 'anon', 'r'))).toBe(0);
  });

  test('is given back with what is unmapped or mapped over', () => {
    expect(committed(charged, unmap(1, 3))).toBe(-2);
    expect(committed(charged, map(0, 2, 'shm'))).toBe(-2);
    expect(committed(charged, map(2, 6, 'anon'))).toBe(2);
    expect(committed(charged, remap(0, 4, 1))).toBe(-3);
  });

  test('takes what a mapping grows by, and nothing for a move', () => {
    expect(committed(charged, remap(0, 4, 7))).toBe(3);
    expect(committed(charged, remap(0, 4, 7, ['MAYMOVE', 'FIXED'], 8))).toBe(3);
    expect(committed(charged, move(0, 4, 8))).toBe(0);
    expect(committed(charged, move(1, 3, 8))).toBe(0);
  });

  test('takes read-only private memory when it becomes writable, once', () => {
    const readOnly = play(release, map(0, 4, 'anon', 'r'));
    expect(committed(readOnly, protect(1, 3, 'rw'))).toBe(2);
    const again = play(release, map(0, 4, 'anon'), touch(0, 4), protect(0, 4, 'r'));
    // What was written stays charged when it becomes read-only.
    expect(committed(again, protect(0, 4, 'rw'))).toBe(0);
  });
});

describe('what was never written and becomes read-only', () => {
  const becomes = (release: Release): number =>
    callWith(release, play(release, map(0, 4, 'anon')), protect(0, 4, 'r'), PLENTY).accounts
      .committed;

  test.each(releasesOf('2.6.0', '6.6'))('stays charged: %s', (_id, release) => {
    expect(becomes(release)).toBe(0);
  });

  test.each(releasesOf('6.7'))('is given back from 6.7 on: %s', (_id, release) => {
    expect(becomes(release)).toBe(-4);
  });
});

// The calls that some releases count wrong.

const written = [map(0, 6, 'anon'), touch(0, 6)];
const inside = moveKeeping(2, 4, 10);
const whole = moveKeeping(0, 6, 8);
/** Read-only and never writable: not charged. */
const behind = map(7, 9, 'anon', 'r');

describe('a move on v6.5.3, which takes a munmap() that succeeds for one that fails', () => {
  const release = releaseNamed('v6.5.3');
  const ended = (setup: readonly Call[], call: Call): readonly [committed: number, Vmas] => {
    const { accounts, vmas } = callWith(release, play(release, ...setup), call, PLENTY);
    return [accounts.committed, vmas];
  };

  test('charges all that it has moved, though the copy has its charge', () => {
    expect(ended(written, move(0, 6, 8))[0]).toBe(6);
    expect(ended(written, remap(0, 6, 7, ['MAYMOVE', 'FIXED'], 8))[0]).toBe(1 + 6);
    expect(ended(written, remap(0, 6, 2, ['MAYMOVE', 'FIXED'], 8))[0]).toBe(-4 + 2);
  });

  test('takes VM_ACCOUNT from what is left of the VMA, whose charge then stays for good', () => {
    const [committed, vmas] = ended(written, move(2, 4, 10));
    expect(committed).toBe(2);
    expect([0, 4, 10].map((page) => accountedAt(vmas, page))).toEqual([false, false, true]);
  });

  test('is right for what is not charged, with DONTUNMAP, and in place', () => {
    expect(ended([map(0, 6, 'anon', 'r')], move(0, 6, 8))[0]).toBe(0);
    expect(ended(written, whole)[0]).toBe(6);
    expect(driftOf(release, written, whole)).toEqual(NO_CHANGE);
    expect(driftOf(release, written, remap(0, 6, 2))).toEqual(NO_CHANGE);
    expect(driftOf(release, written, remap(0, 6, 7))).toEqual(NO_CHANGE);
  });
});

describe('DONTUNMAP inside a charged VMA', () => {
  test.each(releasesOf('5.7', '5.10'))(
    'marks the next VMA, which was never charged, up to 5.10: %s',
    (_id, release) => {
      // move_vma() gives VM_ACCOUNT back to the two parts that an munmap() would have left.
      const vmas = play(release, ...written, behind);
      const after = callWith(release, vmas, inside, PLENTY);
      expect([accountedAt(vmas, 7), accountedAt(after.vmas, 7)]).toEqual([false, true]);
      expect(after.accounts).toEqual({ total: 2, locked: 0, committed: 2 });
      expect(drift(vmas, after)).toEqual({ ...NO_CHANGE, committed: -2 });
    },
  );

  test.each(releasesOf('5.7', '5.10'))(
    'marks the copy, which is marked already, where that is next, up to 5.10: %s',
    (_id, release) => {
      expect(driftOf(release, written, inside)).toEqual(NO_CHANGE);
    },
  );

  test.each(releasesOf('5.7', '5.10'))('at its edge marks none, up to 5.10: %s', (_id, release) => {
    expect(driftOf(release, [...written, behind], moveKeeping(0, 2, 10))).toEqual(NO_CHANGE);
    expect(driftOf(release, [...written, behind], moveKeeping(4, 6, 10))).toEqual(NO_CHANGE);
  });

  test.each([...releasesOf('5.13', '6.14'), ...releasesOf('6.18')])(
    'leaves the next VMA alone and is exact: %s',
    (_id, release) => {
      expect(driftOf(release, [...written, behind], inside)).toEqual(NO_CHANGE);
    },
  );
});

describe('DONTUNMAP of a charged VMA', () => {
  const lossy = releasesOf('6.15', '6.17-rc5');
  const lossyIds = lossy.map(([id]) => id);

  test.each(lossy)(
    'loses VM_ACCOUNT, and the charge for good, from 6.15 on: %s',
    (_id, release) => {
      expect(driftOf(release, written, whole)).toEqual({ ...NO_CHANGE, committed: 6 });
      // The whole VMA loses it, though a part was moved.
      expect(driftOf(release, written, inside)).toEqual({ ...NO_CHANGE, committed: 6 });
      const left = callWith(release, play(release, ...written, whole), unmap(0, 6), PLENTY);
      expect(left.accounts.committed).toBe(0);
    },
  );

  test.each(releasesOf('5.7').filter(([id]) => !lossyIds.includes(id)))(
    'is exact before 6.15 and again from 0e59f47c15ce on: %s',
    (_id, release) => {
      expect(driftOf(release, written, whole)).toEqual(NO_CHANGE);
      expect(driftOf(release, written, inside)).toEqual(NO_CHANGE);
      const left = callWith(release, play(release, ...written, whole), unmap(0, 6), PLENTY);
      expect(left.accounts.committed).toBe(-6);
    },
  );
});

describe('DONTUNMAP of a locked VMA', () => {
  /** Never charged, so that locked_vm alone can be wrong. */
  const locked = [map(0, 6, 'anon', 'r'), lock(0, 6)];
  /** The copy is at the end of its source and merges with it, since neither was written. */
  const beside = moveKeeping(2, 6, 6);

  const drifts = (release: Release, call: Call): number => {
    const wrong = driftOf(release, locked, call);
    expect(wrong).toEqual({ ...NO_CHANGE, locked: wrong.locked });
    return wrong.locked;
  };

  test.each(releasesOf('5.7', '6.14'))(
    'counts the pages too many that were unlocked without a move, up to 6.14: %s',
    (_id, release) => {
      expect(drifts(release, inside)).toBe(4);
      expect(drifts(release, whole)).toBe(0);
    },
  );

  test.each(releasesOf('6.15', '7.1'))(
    'counts all pages of the source too many, from 6.15 to 7.1: %s',
    (_id, release) => {
      expect(drifts(release, inside)).toBe(6);
      expect(drifts(release, whole)).toBe(6);
    },
  );

  test.each(releasesOf('5.7', '6.14'))(
    'unlocks the copy too where that is one with the source, up to 6.14: %s',
    (_id, release) => {
      expect(drifts(release, beside)).toBe(6);
    },
  );

  test.each(releasesOf('6.15', '7.1'))(
    'unlocks the copy too where that is one with the source, and counts it, up to 7.1: %s',
    (_id, release) => {
      expect(drifts(release, beside)).toBe(10);
    },
  );

  test.each(releasesOf('7.2'))('is exact from 7.2 on: %s', (_id, release) => {
    for (const call of [inside, whole, beside]) expect(drifts(release, call)).toBe(0);
  });
});

describe('a FIXED call that shrinks a charged VMA', () => {
  const shrink = remap(0, 6, 2, ['MAYMOVE', 'FIXED'], 8);

  test.each(releasesOf('6.15', '7.2'))(
    'charges the tail again that it has just unmapped, from 6.15 to 7.2: %s',
    (_id, release) => {
      expect(driftOf(release, written, shrink)).toEqual({ ...NO_CHANGE, committed: 4 });
      const vmas = play(release, ...written);
      expect(callWith(release, vmas, shrink, PLENTY).accounts.committed).toBe(0);
    },
  );

  test.each(releasesOf('2.6.0', '6.14'))('is exact up to 6.14: %s', (_id, release) => {
    expect(driftOf(release, written, shrink)).toEqual(NO_CHANGE);
  });

  test.each(everyRelease)('is exact where nothing is charged: %s', (_id, release) => {
    expect(driftOf(release, [map(0, 6, 'shm')], shrink)).toEqual(NO_CHANGE);
    expect(driftOf(release, [map(0, 6, 'fshared'), lock(0, 6)], shrink)).toEqual(NO_CHANGE);
  });

  test.each(everyRelease)('is exact without a new address: %s', (_id, release) => {
    expect(driftOf(release, written, remap(0, 6, 2))).toEqual(NO_CHANGE);
    expect(driftOf(release, written, remap(0, 6, 2, ['MAYMOVE']))).toEqual(NO_CHANGE);
  });
});
