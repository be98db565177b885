import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Page, promised, traitsOf } from '../../src/invariants/page-contract.js';
import { successEffect } from '../../src/invariants/success-effect.js';
import { type Vmas, vmaAt } from '../../src/model/address-space.js';
import { type Call, DONTUNMAP, type FlagName } from '../../src/model/calls.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import {
  isHugetlb,
  isLocked,
  isShared,
  type KindName,
  ModelLimitError,
  type ProtName,
  VM_LOCKED,
  withFlags,
} from '../../src/model/vma.js';
import { addressSpaces, calls } from '../support/arbitraries.js';
import {
  callWith,
  lock,
  map,
  move,
  moveKeeping,
  play,
  protect,
  remap,
  seal,
  touch,
  unlock,
  unmap,
} from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom } from '../support/releases.js';

// What the manual pages say of single calls, by hand. A map is written as a row of pages; `_` is a page
// where nothing is mapped.

const page = (kind: KindName, prot: ProtName, more: Partial<Page> = {}): Page => ({
  kind,
  prot,
  object: 0,
  offset: 0,
  frame: 0,
  locked: false,
  sealed: false,
  ...traitsOf(kind),
  ...more,
});
/** Private anonymous memory with this frame. */
const anon = (frame: number, more: Partial<Page> = {}): Page =>
  page('anon', 'rw', { frame, ...more });
/** A page of a shared file. */
const file = (offset: number, frame = 0, more: Partial<Page> = {}): Page =>
  page('fshared', 'r', { offset, frame, ...more });
const _ = undefined;

const MOVE: readonly FlagName[] = ['MAYMOVE', 'FIXED'];

describe('mremap() in place', () => {
  const before = [anon(1), anon(2), _, file(7, 4), _, _];

  test('with equal lengths changes nothing', () => {
    expect(promised(before, remap(0, 2, 2), 0)).toEqual(before);
  });

  test('to fewer pages unmaps the rest of the range, holes and other mappings included', () => {
    expect(promised(before, remap(0, 4, 1), 0)).toEqual([anon(1), _, _, _, _, _]);
  });

  test('to more pages maps zeroes behind private anonymous memory', () => {
    expect(promised(before, remap(0, 2, 3), 0)).toEqual([
      anon(1),
      anon(2),
      anon(0),
      file(7, 4),
      _,
      _,
    ]);
  });

  test('to more pages maps what follows in the file, locked as the rest is', () => {
    expect(promised([file(3, 1, { locked: true }), _, _], remap(0, 1, 3), 0)).toEqual([
      file(3, 1, { locked: true }),
      file(4, 0, { locked: true }),
      file(5, 0, { locked: true }),
    ]);
  });

  test('does not grow over what is mapped', () => {
    expect(promised(before, remap(0, 2, 4), 0)).toMatch('page 3');
  });

  test('rounds a length up to whole pages', () => {
    expect(promised(before, remap(0, 1.5, 2), 0)).toEqual(before);
    expect(promised(before, remap(0, 2, 0.5), 0)).toEqual([anon(1), _, _, file(7, 4), _, _]);
  });

  test('rounds a length up to whole huge pages where the old address has those', () => {
    const huge = [0, 1, 2, 3].map((i) => file(i, i + 1, { hugePages: true }));
    expect(promised(huge, remap(0, 4, 1), 0)).toEqual([...huge.slice(0, 2), _, _]);
    expect(promised(huge, remap(0, 3, 4), 0)).toEqual(huge);
  });
});

describe('mremap() to a place that the kernel picks', () => {
  const before = [anon(1), anon(2), file(0, 3), _, _, _];

  test('moves the pages, and grows behind them', () => {
    expect(promised(before, remap(0, 2, 3, ['MAYMOVE']), 3)).toEqual([
      _,
      _,
      file(0, 3),
      anon(1),
      anon(2),
      anon(0),
    ]);
  });

  test('moves from the inside of a mapping', () => {
    expect(promised(before, remap(1, 1, 2, ['MAYMOVE']), 4)).toEqual([
      anon(1),
      _,
      file(0, 3),
      _,
      anon(2),
      anon(0),
    ]);
  });

  test('takes nothing that is mapped', () => {
    expect(promised(before, remap(0, 1, 2, ['MAYMOVE']), 2)).toMatch('page 2');
  });

  test('does not happen without MAYMOVE, nor without a need', () => {
    expect(promised(before, remap(0, 2, 3), 3)).toMatch('MAYMOVE');
    expect(promised(before, remap(0, 2, 2, ['MAYMOVE']), 3)).toMatch('no need');
  });
});

describe('mremap() with FIXED', () => {
  test('replaces what is at the destination', () => {
    const before = [anon(1), anon(2), _, file(0, 4), file(1, 5)];
    expect(promised(before, move(0, 2, 2), 2)).toEqual([_, _, anon(1), anon(2), file(1, 5)]);
  });

  test('takes the page of the file, the protection and the seal along', () => {
    const moving = page('fpriv', 'rw', { offset: 5, frame: 1, sealed: true });
    expect(promised([moving, _], move(0, 1, 1), 1)).toEqual([_, moving]);
  });

  test('to fewer pages drops the rest of the source', () => {
    const before = [anon(1), anon(2), anon(3), _, file(0, 5)];
    expect(promised(before, remap(0, 3, 1, MOVE, 4), 4)).toEqual([_, _, _, _, anon(1)]);
  });

  test('to more pages replaces as many', () => {
    const before = [anon(1), anon(2), file(0, 3), file(1, 4), file(2, 5)];
    expect(promised(before, remap(0, 1, 2, MOVE, 2), 2)).toEqual([
      _,
      anon(2),
      anon(1),
      anon(0),
      file(2, 5),
    ]);
  });

  test('moves several mappings, and leaves what the destination has opposite a gap', () => {
    const before = [anon(1), _, file(4, 3), anon(4), anon(5), anon(6)];
    expect(promised(before, move(0, 3, 3), 3)).toEqual([_, _, _, anon(1), anon(5), file(4, 3)]);
  });

  test('goes on to the end of the range if that is a gap', () => {
    const before = [anon(1), _, _, file(0, 4), file(1, 5), file(2, 6)];
    expect(promised(before, move(0, 3, 3), 3)).toEqual([_, _, _, anon(1), file(1, 5), file(2, 6)]);
  });

  test('takes neither a gap with other lengths nor one at the start', () => {
    const before = [anon(1), _, anon(3), _, _, _];
    expect(promised(before, remap(0, 3, 2, MOVE, 3), 3)).toMatch('page 1');
    expect(promised(before, move(1, 3, 4), 4)).toMatch('nothing was mapped');
  });

  test('is refused if the ranges overlap, and honours the address', () => {
    const before = [anon(1), anon(2), anon(3), _];
    expect(promised(before, move(0, 2, 1), 1)).toMatch('overlap');
    expect(promised(before, move(0, 1, 3), 2)).toMatch('FIXED asks for 3');
  });
});

describe('mremap() with DONTUNMAP', () => {
  test('leaves zeroes in place of private anonymous memory', () => {
    expect(promised([anon(1), anon(2), _, _], moveKeeping(0, 2, 2), 2)).toEqual([
      anon(0),
      anon(0),
      anon(1),
      anon(2),
    ]);
  });

  test('leaves a file mapped to the same pages', () => {
    expect(promised([file(3, 1), _], moveKeeping(0, 1, 1), 1)).toEqual([file(3), file(3, 1)]);
  });

  test('of several mappings leaves each, and nothing in a gap', () => {
    const before = [anon(1), _, file(4, 3), _, anon(5), anon(6)];
    expect(promised(before, moveKeeping(0, 3, 3), 3)).toEqual([
      anon(0),
      _,
      file(4),
      anon(1),
      anon(5),
      file(4, 3),
    ]);
  });

  test('leaves nothing locked of the source, and the rest of the mapping locked', () => {
    const locked = { locked: true };
    expect(promised([anon(1, locked), anon(2, locked), _], moveKeeping(0, 1, 2), 2)).toEqual([
      anon(0),
      anon(2, locked),
      anon(1, locked),
    ]);
  });

  test('without FIXED takes a free place alone', () => {
    const call = remap(0, 1, 1, ['MAYMOVE', 'DONTUNMAP'], 1);
    const before = [anon(1), file(0, 2), _];
    expect(promised(before, call, 2)).toEqual([anon(0), file(0, 2), anon(1)]);
    expect(promised(before, call, 1)).toMatch('not free');
  });

  test('keeps its length', () => {
    const before = [anon(1), anon(2), _, _, _];
    const flags: readonly FlagName[] = [...MOVE, 'DONTUNMAP'];
    expect(promised(before, remap(0, 2, 1, flags, 3), 3)).toMatch('lengths');
    expect(promised(before, remap(0, 1.5, 2, flags, 3), 3)).toEqual([
      anon(0),
      anon(0),
      _,
      anon(1),
      anon(2),
    ]);
  });
});

describe('mremap() from an old length of zero', () => {
  test('maps shared pages once more and leaves the source alone', () => {
    const before = [file(0, 1), file(1, 2), _, _];
    expect(promised(before, remap(1, 0, 2, MOVE, 2), 2)).toEqual([
      file(0, 1),
      file(1, 2),
      file(1),
      file(2),
    ]);
  });

  test('maps the same object of shared anonymous memory', () => {
    const shm = page('shm', 'rw', { object: 2, offset: 1, frame: 1 });
    expect(promised([shm, _], remap(0, 0, 1, ['MAYMOVE']), 1)).toEqual([shm, { ...shm, frame: 0 }]);
  });

  test('does not duplicate private memory', () => {
    expect(promised([anon(1), _], remap(0, 0, 1, MOVE, 1), 1)).toMatch('shared mappings only');
  });

  test('does not replace the page that it is to duplicate', () => {
    expect(promised([file(0, 1), _], remap(0, 0, 2, MOVE, 0), 0)).toMatch('overlap');
  });
});

describe('the other calls', () => {
  const before = [anon(1), anon(2), file(0, 3), _];

  test('mmap() replaces with zeroes, or with what the file has', () => {
    expect(promised(before, map(1, 4, 'anon'), 1)).toEqual([anon(1), anon(0), anon(0), anon(0)]);
    const call: Call = { call: 'mmap', addr: 2, len: 2, kind: 'ramfs', prot: 'r', offset: 6 };
    expect(promised(before, call, 2)).toEqual([
      anon(1),
      anon(2),
      page('ramfs', 'r', { offset: 6 }),
      page('ramfs', 'r', { offset: 7 }),
    ]);
    expect(promised(before, map(1, 2, 'anon'), 3)).toMatch('MAP_FIXED asks for 1');
  });

  test('mmap() of shared anonymous memory makes an object of its own', () => {
    const old = page('shm', 'rw', { object: 1 });
    expect(promised([old, _, _], map(1, 3, 'shm'), 1)).toEqual([
      old,
      page('shm', 'rw', { object: 2 }),
      page('shm', 'rw', { object: 2, offset: 1 }),
    ]);
  });

  test('munmap() unmaps the range, holes included', () => {
    expect(promised(before, unmap(1, 4), 0)).toEqual([anon(1), _, _, _]);
  });

  test('mprotect(), mlock(), munlock() and mseal() change one thing each', () => {
    expect(promised(before, protect(1, 3, 'r'), 0)).toEqual([
      anon(1),
      anon(2, { prot: 'r' }),
      file(0, 3),
      _,
    ]);
    const locked = [anon(1), anon(2, { locked: true }), file(0, 3, { locked: true }), _];
    expect(promised(before, lock(1, 3), 0)).toEqual(locked);
    expect(promised(locked, unlock(1, 2), 0)).toEqual([
      anon(1),
      anon(2),
      file(0, 3, { locked: true }),
      _,
    ]);
    expect(promised(before, seal(0, 1), 0)).toEqual([
      anon(1, { sealed: true }),
      anon(2),
      file(0, 3),
      _,
    ]);
  });

  test('mlock() does nothing to what cannot be locked', () => {
    const special = file(0, 1, { lockable: false });
    expect(promised([special], lock(0, 1), 0)).toEqual([special]);
  });

  test('a write changes nothing of the map', () => {
    expect(promised(before, touch(0, 2), 0)).toEqual(before);
    expect(promised(before, touch(1, 3), 0)).toMatch('page 2 of the range is not writable');
  });

  test('no range may have a hole, but that of munmap()', () => {
    for (const call of [protect(2, 4, 'r'), lock(2, 4), unlock(2, 4), seal(2, 4), touch(3, 4)]) {
      expect(promised(before, call, 0)).toMatch('page 3');
    }
  });
});

test('a range of several mappings ends with the huge page that it ends in, and not beyond a smaller one', () => {
  const [[, on]] = releasesFrom('v7.3') as [[string, Release]];
  const huge: Call = { call: 'mmap', addr: 2, len: 4, kind: 'hugetlb', prot: 'r', offset: 0 };
  const before = play(on, huge, map(7, 8, 'anon', 'r'));
  // Three pages: a huge page, and a gap. What is behind the gap is no part of the range.
  expect(fault(on, before, move(4, 7, 0), 9)).toBeUndefined();
  // Five: the page behind the gap, too.
  expect(fault(on, before, move(4, 8, 10), 9)).toBeUndefined();
});

const WINDOW = 16;

/** Why a call that succeeds does not have the promised effect; undefined if it has, or fails. */
function fault(on: Release, before: Vmas, call: Call, headroom: number): string | undefined {
  const prepared = machine(on);
  const limits = env(before.length + headroom, WINDOW);
  const pages = frameTokens(before, WINDOW);
  const outcome = run(prepared, limits, before, pages, call);
  const transition = { on: prepared, env: limits, before, pages, call, outcome };
  if (!successEffect.applies(transition) || successEffect.holds(transition)) return undefined;
  return successEffect.explain(transition);
}

const dontunmaps = (call: Call): boolean =>
  call.call === 'mremap' && (call.flags & DONTUNMAP) !== 0;
const duplicatesPrivate = (vmas: Vmas, call: Call): boolean => {
  const vma = vmaAt(vmas, call.addr);
  return call.call === 'mremap' && call.oldLen === 0 && vma !== undefined && !isShared(vma);
};

/** The promise rounds lengths up to huge pages, which kernels do since 5.16. */
const onHugePages = (vmas: Vmas, call: Call): boolean => {
  const vma = vmaAt(vmas, call.addr);
  return call.call === 'mremap' && vma !== undefined && isHugetlb(vma);
};

const DOES_NOT_ROUND = new Set(releasesBefore('v5.16').map(([id]) => id));
const UNLOCKS = new Set([
  ...releasesBefore('v7.2').map(([id]) => id),
  ...['v6.5.3', 'v6.17.5', 'v7.2.6', 'v7.2.9'],
]);
const DUPLICATES_PRIVATE = new Set(releasesBefore('v2.6.33').map(([id]) => id));

const unlocked = (vmas: Vmas): Vmas => vmas.map((vma) => withFlags(vma, VM_LOCKED, false));

describe.each(everyRelease)('a call that succeeds on %s', (id, on) => {
  property.prop([addressSpaces(WINDOW), calls(WINDOW), fc.integer({ min: 0, max: 9 })], {
    numRuns: 1500,
  })('has the effect that is promised', (space, call, headroom) => {
    fc.pre(!(DUPLICATES_PRIVATE.has(id) && duplicatesPrivate(space, call)));
    fc.pre(!(DOES_NOT_ROUND.has(id) && onHugePages(space, call)));
    const before = UNLOCKS.has(id) && dontunmaps(call) ? unlocked(space) : space;
    let broken: string | undefined;
    try {
      broken = fault(on, before, call, headroom);
    } catch (error) {
      if (!(error instanceof ModelLimitError)) throw error;
      fc.pre(false);
    }
    expect(broken).toBeUndefined();
  });
});

describe('DONTUNMAP of a locked mapping', () => {
  const [older, known] = [new Set(releasesBefore('v5.7').map(([id]) => id)), everyRelease];
  const unlocking = known.filter(([id]) => UNLOCKS.has(id) && !older.has(id));
  const part = moveKeeping(1, 3, 8);
  const locked = (on: Release): Vmas => play(on, map(0, 4, 'anon'), touch(0, 4), lock(0, 4));

  test.each(unlocking)('unlocks all of it where a part is moved: %s', (_id, on) => {
    expect(fault(on, locked(on), part, 9)).toMatch(
      'page 0 maps anon rw frame of page 0, promised was anon rw frame of page 0 locked',
    );
  });

  test.each(known.filter(([id]) => !UNLOCKS.has(id)))(
    'leaves the rest locked from 7.2 on, and in stable kernels: %s',
    (_id, on) => {
      expect(fault(on, locked(on), part, 9)).toBeUndefined();
    },
  );

  test.each(unlocking)('unlocks the copy too where it merges with its source: %s', (_id, on) => {
    const vmas = play(on, map(0, 2, 'anon', 'r'), lock(0, 2));
    const { vmas: merged } = callWith(on, vmas, moveKeeping(0, 2, 2), 9);
    expect(merged.map(isLocked)).toEqual([false]);
    expect(fault(on, vmas, moveKeeping(0, 2, 2), 9)).toMatch('page 2 maps anon r');
  });
});

describe('an old length of zero on private memory', () => {
  const call = remap(0, 0, 2, MOVE, 8);

  test.each(releasesBefore('v2.6.33'))('maps something unrelated up to 2.6.32: %s', (_id, on) => {
    expect(fault(on, play(on, map(0, 2, 'anon')), call, 9)).toMatch('old length zero');
  });
});
