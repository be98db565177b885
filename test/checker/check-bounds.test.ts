import { describe, expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { comparePart } from '../../src/checker/compare.js';
import { enumeratePart, type SearchOptions } from '../../src/checker/enumerate.js';
import { racePart } from '../../src/checker/race.js';
import { reach } from '../../src/checker/reach/reach.js';
import { machine } from '../../src/model/plan.js';
import { Kind, makeVma, Prot } from '../../src/model/vma.js';
import { release } from '../support/releases.js';
import { coreBounds } from './core-model.js';

// A search of nothing has every promise hold: what a program asks for by mistake is refused.

const on = machine(release('v7.2'));
const bounds: EnumerateBounds = {
  pages: 2,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [0, 2],
  mremap: { flags: [[]], lengths: 'any', destinations: 'any' },
};

describe.each<[string, (given: Partial<EnumerateBounds>, options?: SearchOptions) => unknown]>([
  ['enumerate', (given, options) => enumeratePart(on, { ...bounds, ...given }, [], options)],
  ['compare', (given, options) => comparePart([on, on], { ...bounds, ...given }, options)],
  ['race', (given, options) => racePart(on, { ...bounds, ...given, threads: [] }, [], options)],
])('%s', (_, search) => {
  test('takes what there is something in', () => {
    expect(() => search({}, { part: 1, parts: 2 })).not.toThrow();
  });

  test.each<Partial<EnumerateBounds>>([
    { limits: [6, 0] },
    { limits: [Number.NaN, 0] },
    { pages: 0 },
    { pages: -1 },
    { pages: 1.5 },
    { pages: 65 },
  ])('refuses %j', (given) => {
    expect(() => search(given)).toThrow(RangeError);
  });

  test.each([
    [0, 0],
    [3, 2],
    [2, 2],
    [-1, 2],
    [0.5, 2],
  ])('refuses part %d of %d', (part, parts) => {
    expect(() => search({}, { part, parts })).toThrow(RangeError);
  });
});

test('reach refuses a window without pages', () => {
  const none = { ...coreBounds({ pages: 4, limit: 3, mmapCap: 3 }), pages: 0 };
  expect(() => reach(on, none, [])).toThrow(RangeError);
});

test.each([
  { pages: 0 },
  { start: -1 },
  { id: -1 },
  { start: 1.5 },
  { pages: Number.NaN },
  { displacement: 0.5 },
])('no VMA is made of %j', (given) => {
  const parts = { start: 0, pages: 1, kind: Kind.anon, prot: Prot.rw, ...given };
  expect(() => makeVma(parts)).toThrow(RangeError);
});
