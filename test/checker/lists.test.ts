import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { Lists } from '../../src/checker/reach/lists.js';
import type { Vmas } from '../../src/model/address-space.js';
import type { Vma } from '../../src/model/vma.js';
import { addressSpaces } from '../support/arbitraries.js';

const asVmas = (words: readonly number[]): Vmas => words as readonly Vma[];
const key = (vmas: Vmas): string => vmas.join(' ');

/** Adds the states to a store and to a Map, which must agree on every number and at the end on every state. */
function expectLikeMap(states: readonly Vmas[]): void {
  const store = new Lists<Vma>();
  const map = new Map<string, number>();
  for (const state of states) {
    const known = map.get(key(state));
    expect(store.add(state)).toBe(known ?? map.size);
    if (known === undefined) map.set(key(state), map.size);
    expect(store.size).toBe(map.size);
  }
  for (const [text, number] of map) expect(key(store.get(number))).toBe(text);
}

/** Few words, so that the same states come again, and states that are the beginning of others. */
const fewWords = fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 4 }).map(asVmas);
const anyWords = fc.array(fc.integer(), { maxLength: 6 }).map(asVmas);

describe('a store of states numbers them as a Map of their words would', () => {
  test.prop([fc.array(fewWords, { maxLength: 200 })])('where most come again', expectLikeMap);
  test.prop([fc.array(anyWords, { maxLength: 200 })])('for any 32-bit words', expectLikeMap);
  test.prop([fc.array(addressSpaces(16), { maxLength: 100 })])('for address spaces', expectLikeMap);

  test('for far more states and words than it has room for at first', () => {
    // The digits of a number to the base 7 as words: 5,000 states of up to 5 words, none twice.
    const states = Array.from({ length: 5_000 }, (_, n) =>
      asVmas(
        n
          .toString(7)
          .split('')
          .map((digit) => Number(digit) << 19),
      ),
    );
    expectLikeMap([...states, ...states]);
  });

  test('the empty state being one of them', () => {
    const store = new Lists<Vma>();
    expect(store.add([])).toBe(0);
    expect(store.add([])).toBe(0);
    expect(store.add(asVmas([0]))).toBe(1);
    expect(store.get(0)).toEqual([]);
    expect(store.get(1)).toEqual([0]);
  });
});
