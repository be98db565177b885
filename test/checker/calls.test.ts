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

describe.each([1, 2, 3, 5])('the mremap() calls of %i pages with odd arguments', (n) => {
  const ranges = (n * (n + 1)) / 2;
  // From each page also the lengths 0, 0.5, 1.5 and n + 1; one page from 0.5, and one from the end on.
  const sources = ranges + 4 * n + 2;
  const lengths = [...Array.from({ length: n }, (_, i) => i + 1), 0, 0.5, 1.5, n + 1];
  const odd = (given: Partial<MremapBounds>): MremapCall[] => calls(n, { odd: true, ...given });

  test('to any fixed address are every source, with every length, to every page, to 0.5, and to the end', () => {
    expect(odd({ destinations: 'any' })).toHaveLength(sources * (n + 4) * (n + 2));
  });

  test('to one that fits have the pages where the rounded length ends in the window', () => {
    const fitting = lengths
      .map((length) => Math.max(0, n - Math.ceil(length) + 1))
      .reduce((sum, places) => sum + places + 2, 0);
    expect(odd({})).toHaveLength(sources * fitting);
  });

  test('without a new address have one in line with huge pages and one that is not', () => {
    expect(odd({ flags: [NO_FLAGS] })).toHaveLength(sources * (n + 4) * 2);
  });

  test('are each there once, plain ones among them', () => {
    const all = odd({ flags: [NO_FLAGS, FIXED, ['UNKNOWN']], destinations: 'any' });
    const texts = new Set(all.map((call) => JSON.stringify(call)));
    expect(texts.size).toBe(all.length);
    for (const call of calls(n, { destinations: 'any' })) {
      expect(texts).toContain(JSON.stringify(call));
    }
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
