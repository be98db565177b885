import { describe, expect, test } from 'vitest';
import { firstBuilt } from '../../src/checker/first-built.js';
import { findHistory } from '../../src/checker/history.js';
import { addressSpaces, canonical } from '../../src/checker/spaces.js';
import type { Vmas } from '../../src/model/address-space.js';
import { type Call, DONTUNMAP, FIXED, MAYMOVE } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import {
  Kind,
  makeVma,
  Prot,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
} from '../../src/model/vma.js';
import { play } from '../support/play.js';
import { everyRelease, release } from '../support/releases.js';
import { reached } from './reached.js';

// How an address space comes about that a search has begun in: with VMAs that no mmap() alone leaves.

const PAGES = 4;
const on = machine(release('v6.12'));

/** The calls found, and what they build. */
function built(target: Vmas): readonly Call[] {
  const { calls } = findHistory(on, target, PAGES);
  expect(calls).toBeDefined();
  expect(canonical(play(release('v6.12'), ...(calls ?? [])))).toEqual(canonical(target));
  return calls ?? [];
}

const anon = (start: number, pages: number, flags: number, id = 0) =>
  makeVma({ start, pages, kind: Kind.anon, prot: Prot.rw, id, flags: flags | VM_ACCOUNT });

describe('the history of an address space', () => {
  test('with a registered VMA registers it', () => {
    expect(built([anon(0, 2, VM_UFFD)]).map(({ call }) => call)).toEqual(['mmap', 'uffd']);
  });

  test('with one half of a VMA registered registers that', () => {
    const calls = built([anon(0, 2, 0), anon(2, 2, VM_UFFD)]);
    expect(calls.map(({ call }) => call).sort()).toEqual(['mmap', 'uffd']);
  });

  test('with huge pages maps them', () => {
    const huge = makeVma({
      start: 2,
      pages: 2,
      kind: Kind.hugetlb,
      prot: Prot.r,
      displacement: -2,
      id: 1,
    });
    expect(built([huge])).toEqual([
      { call: 'mmap', addr: 2, len: 2, kind: 'hugetlb', prot: 'r', offset: 0 },
    ]);
  });

  test('with a driver mapping of which a part has gone unmaps that', () => {
    const special = makeVma({
      start: 1,
      pages: 2,
      kind: Kind.special,
      prot: Prot.rw,
      displacement: 3,
    });
    expect(built([special])).toEqual([
      { call: 'mmap', addr: 1, len: 2, kind: 'special', prot: 'rw', offset: 4 },
    ]);
  });

  test('with locked, sealed and registered VMAs side by side', () => {
    const calls = built([anon(0, 1, VM_LOCKED, 1), anon(1, 1, VM_SEALED), anon(2, 1, VM_UFFD)]);
    expect(calls.map(({ call }) => call)).toEqual(
      expect.arrayContaining(['mmap', 'mlock', 'mseal', 'uffd']),
    );
  });

  test('of read-only memory that is accounted makes it so', () => {
    const readOnly = makeVma({
      start: 0,
      pages: 2,
      kind: Kind.fpriv,
      prot: Prot.r,
      flags: VM_ACCOUNT,
    });
    expect(built([readOnly]).map(({ call }) => call)).toEqual(['mmap', 'mprotect']);
  });

  // From 6.7 on mprotect() takes VM_ACCOUNT from what was never written.
  test.each([
    ['accounted, though neither writable nor written', Prot.r, 0],
    ['not where its page offset says', Prot.rw, 1],
  ])('of the source of DONTUNMAP, %s, moves it', (_, prot, displacement) => {
    const source = makeVma({
      start: 1,
      pages: 1,
      kind: Kind.anon,
      prot,
      displacement,
      flags: VM_ACCOUNT,
    });
    const moves = built([source]).flatMap((call) => (call.call === 'mremap' ? [call.flags] : []));
    expect(moves).toContain(MAYMOVE | FIXED | DONTUNMAP);
  });

  test('of what was moved beside what was made read-only, before there was DONTUNMAP, moves it', () => {
    const from = release('v5.1');
    const readOnly = makeVma({
      start: 0,
      pages: 1,
      kind: Kind.anon,
      prot: Prot.r,
      flags: VM_ACCOUNT,
    });
    const moved = makeVma({
      start: 1,
      pages: 1,
      kind: Kind.anon,
      prot: Prot.rw,
      displacement: 1,
      id: 1,
      flags: VM_ACCOUNT,
    });
    const { calls = [] } = findHistory(machine(from), [readOnly, moved], PAGES);
    expect(calls.map(({ call }) => call)).toEqual(
      expect.arrayContaining(['mprotect', 'touch', 'mremap']),
    );
    expect(canonical(play(from, ...calls))).toEqual([readOnly, moved]);
  });

  // Near one another and alike without having merged, moved and grown there, written to after that.
  test.each([
    ['v7.2', { pages: 3, kinds: ['anon'] }, 40],
    ['v6.12', { pages: 2, kinds: ['anon'] }, 1],
    ['v6.12', { pages: 2, kinds: ['fshared', 'shm'], calls: ['mlock', 'uffd'] }, 4],
    ['v6.12', { pages: 4, kinds: ['hugetlb'] }, 1],
    ['v6.12', { pages: 2, kinds: ['anon', 'fpriv'] }, 2],
    ['v6.7', { pages: 3, kinds: ['fshared'] }, 4],
  ] as const)('that calls of %s leave in %j is found', (id, window, every) => {
    const from = release(id);
    const spaces = reached(from, window).filter((_, i) => i % every === 0);
    expect(spaces.length).toBeGreaterThan(10);
    for (const space of spaces) {
      const { calls = [] } = findHistory(machine(from), space, window.pages);
      expect(canonical(play(from, ...calls))).toEqual(space);
    }
  });

  test('of a finding is one of plain calls, if an address space of it has one', () => {
    const bounds = {
      pages: 2,
      classes: [{ kind: 'anon', prot: 'r', populated: false }],
      vmas: 2,
      identities: 1,
      displacements: [0],
    } as const;
    const newest = machine(release('v7.3'));
    const spaces = [...addressSpaces(bounds)];
    const ofCount = (n: number) => ({ space: spaces.findIndex((vmas) => vmas.length === n) });
    const [unmerged, plain] = [ofCount(2), ofCount(1)];
    expect(firstBuilt(newest, bounds, [unmerged, plain])?.place).toBe(plain);
    const moved = firstBuilt(newest, bounds, [unmerged])?.history.calls?.map(({ call }) => call);
    expect(moved).toContain('mremap');
    expect(firstBuilt(newest, bounds, [])).toBeUndefined();
  });

  test('that no call can leave is none: huge pages that are locked', () => {
    const locked = makeVma({
      start: 0,
      pages: 2,
      kind: Kind.hugetlb,
      prot: Prot.r,
      id: 1,
      flags: VM_LOCKED,
    });
    const found = findHistory(on, [locked], PAGES);
    expect([found.calls, found.exhausted]).toEqual([undefined, true]);
  });

  describe('with a VMA that was moved from page 3', () => {
    const moved = [
      makeVma({
        start: 0,
        pages: 1,
        kind: Kind.anon,
        prot: Prot.rw,
        displacement: 3,
        id: 1,
        flags: VM_ACCOUNT,
      }),
    ];

    test('begins there, over ranges between what borders there are', () => {
      const { calls } = findHistory(on, moved, PAGES, { nearOnly: true });
      expect(calls?.map(({ call, addr }) => [call, addr])).toEqual([
        ['mmap', 3],
        ['touch', 3],
        ['mremap', 3],
      ]);
    });

    test('begins elsewhere in a window that does not reach there', () => {
      for (const pages of [PAGES, PAGES - 1]) {
        const { calls = [] } = findHistory(on, moved, pages);
        expect(calls.length).toBeGreaterThan(0);
        expect(Math.max(...calls.map(({ addr }) => addr))).toBeLessThan(pages);
      }
    });
  });

  test('that was not looked for to the end may be there', () => {
    const goal = [anon(0, 1, VM_LOCKED, 1), anon(1, 1, VM_SEALED), anon(2, 1, VM_UFFD)];
    const found = findHistory(on, goal, PAGES, { mostStates: 5 });
    expect([found.calls, found.exhausted]).toEqual([undefined, false]);
    // How far was searched is no answer to who searches further, or in another window.
    expect(findHistory(on, goal, PAGES).calls).toBeDefined();
    expect(findHistory(on, goal, PAGES - 1).calls).toBeDefined();
  });

  test('with a registered VMA is none before there was userfaultfd', () => {
    const found = findHistory(machine(release('v2.6.12')), [anon(0, 2, VM_UFFD)], PAGES);
    expect([found.calls, found.exhausted]).toEqual([undefined, true]);
  });

  test.each(everyRelease)(
    'on %s is what it is without those found on other releases',
    (_id, other) => {
      const here = machine(other);
      const targets: readonly Vmas[] = [
        [anon(0, 1, 0), anon(1, 1, 0, 1)],
        [anon(0, 2, VM_LOCKED), anon(2, 1, VM_SEALED)],
        [anon(0, 1, VM_LOCKED, 1), anon(2, 1, 0, 1)],
      ];
      for (const target of targets) {
        const kept = findHistory(here, target, PAGES, { mostStates: 2_000 });
        expect(kept).toEqual(findHistory(here, target, PAGES, { mostStates: 2_000, keeps: false }));
      }
    },
  );
});
