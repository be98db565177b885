import { describe, expect, test } from 'vitest';
import type { MremapBounds } from '../../src/checker/bounds.js';
import { callsOf, mremapCalls } from '../../src/checker/calls.js';
import type { MremapCall } from '../../src/model/calls.js';

const NO_FLAGS: readonly never[] = [];
const FIXED = ['MAYMOVE', 'FIXED'] as const;

const calls = (pages: number, given: Partial<MremapBounds>): MremapCall[] =>
  mremapCalls(pages, { flags: [FIXED], lengths: 'any', destinations: 'fits', ...given });

describe.each([1, 2, 3, 5])('the mremap() calls of %i pages', (n) => {
  /** Ranges of at least one page. */
  const ranges = (n * (n + 1)) / 2;

  test('to a fixed address that fits pair every source range with every destination range', () => {
    expect(calls(n, {})).toHaveLength(ranges * ranges);
  });

  test('to any fixed address pair every range with every length and page', () => {
    expect(calls(n, { destinations: 'any' })).toHaveLength(ranges * n * n);
  });

  test('of equal lengths pair every source with the destinations of its length', () => {
    let pairs = 0;
    for (let length = 1; length <= n; length++) pairs += (n - length + 1) ** 2;
    expect(calls(n, { lengths: 'equal' })).toHaveLength(pairs);
  });

  test('without a new address pair every range with every length', () => {
    expect(calls(n, { flags: [NO_FLAGS, ['MAYMOVE']] })).toHaveLength(2 * ranges * n);
  });

  test('are each there once, the short ones first', () => {
    const all = calls(n, { flags: [NO_FLAGS, FIXED, ['MAYMOVE', 'DONTUNMAP']] });
    expect(new Set(all.map((call) => JSON.stringify(call))).size).toBe(all.length);
    const sizes = all.map(({ oldLen, newLen }) => oldLen + newLen);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });
});

test('the calls of a reach search are every range for every kind of call that is named', () => {
  const bounds = {
    pages: 3,
    limit: 4,
    mmapCap: 4,
    classes: [
      { kind: 'anon', prot: 'rw', populated: false },
      { kind: 'fshared', prot: 'r', populated: false },
    ],
    mremap: { flags: [FIXED], lengths: 'any', destinations: 'fits' },
    maxStates: 10,
  } as const;
  const count = (...names: ('mmap' | 'munmap' | 'mprotect' | 'touch' | 'mremap')[]): number =>
    callsOf({ ...bounds, calls: names }).length;
  // Six ranges of three pages.
  expect(count('mmap')).toBe(2 * 6);
  expect(count('munmap')).toBe(6);
  expect(count('touch')).toBe(6);
  expect(count('mprotect')).toBe(2 * 6);
  expect(count('mremap')).toBe(6 * 6);
  expect(count('mmap', 'munmap', 'touch', 'mprotect', 'mremap')).toBe(72);
});

test('a reach search maps files at the offset of the address, so that offsets continue', () => {
  const mmaps = callsOf({
    pages: 3,
    classes: [{ kind: 'fshared', prot: 'r', populated: false }],
    calls: ['mmap'],
    mremap: { flags: [], lengths: 'any', destinations: 'fits' },
  });
  expect(mmaps.every((call) => call.call === 'mmap' && call.offset === call.addr)).toBe(true);
});
