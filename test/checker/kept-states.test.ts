import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { KeptStates } from '../../src/checker/reach/kept-states.js';
import type { Call } from '../../src/model/calls.js';
import type { Vma } from '../../src/model/vma.js';

// Few words, so that states come again; they need not be those of VMAs.
const word = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer()) as fc.Arbitrary<Vma>;
const states = fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 400 });

/** Numbers that fit into their places in a record, and such that do not. */
const call = fc.oneof(fc.nat(3000), fc.integer({ min: 65_530, max: 70_000 }));
const back = fc.oneof(fc.nat(3), fc.nat(1000));

describe('states that are kept', () => {
  test.prop([states])('each is kept once, in the order in which they come', (added) => {
    const store = new KeptStates();
    const numbers = new Map<string, number>();
    for (const vmas of added) {
      const key = vmas.join();
      expect(store.has(vmas)).toBe(numbers.has(key));
      expect(store.add(vmas, 0, 0)).toBe(!numbers.has(key));
      if (!numbers.has(key)) numbers.set(key, numbers.size);
    }
    expect(store.size).toBe(numbers.size);
    for (const [key, number] of numbers) expect(store.get(number).join()).toBe(key);
  });

  test.prop([fc.array(fc.record({ call, back }), { minLength: 1, maxLength: 300 })])(
    'have the path that they were first reached by, from whatever state in whatever order',
    (steps) => {
      const calls = Array.from({ length: 70_001 }, (_, i) => i as unknown as Call);
      const store = new KeptStates();
      store.add([], 0, 0);
      const paths: number[][] = [[]];
      steps.forEach((step, i) => {
        const parent = Math.max(0, i - step.back);
        expect(store.add([i as Vma], parent, step.call)).toBe(true);
        paths.push([...(paths[parent] as number[]), step.call]);
      });
      paths.forEach((path, state) => {
        expect(store.pathTo(state, calls)).toEqual(path);
        expect(store.depthOf(state)).toBe(path.length);
      });
    },
  );

  test.each([1, 254, 255, 256, 65_535, 65_536])(
    'have it where the parents of one and the next are %i states apart',
    (apart) => {
      const calls = Array.from({ length: 5 }, (_, i) => i as unknown as Call);
      const store = new KeptStates();
      store.add([], 0, 0);
      for (let i = 1; i <= 2 * apart; i++) store.add([i as Vma], 0, 1);
      [0, apart, 2 * apart, 0].forEach((parent, i) => {
        expect(store.add([-1 - i] as Vma[], parent, 2)).toBe(true);
        const number = store.size - 1;
        expect(store.pathTo(number, calls)).toEqual(parent === 0 ? [2] : [1, 2]);
        expect(store.get(number)).toEqual([-1 - i]);
      });
    },
  );

  test('there may be more kinds of VMAs than have a number of 16 bits', () => {
    const store = new KeptStates();
    const many = 70_000;
    const vmas = (i: number): Vma[] => [i * 61_681, i + 1, -i].map((n) => (n | 0) as Vma);
    for (let i = 0; i < many; i++) expect(store.add(vmas(i), Math.floor(i / 3), i)).toBe(true);
    for (let i = 0; i < many; i += 7) {
      expect(store.add(vmas(i), 0, 0)).toBe(false);
      expect(store.get(i)).toEqual(vmas(i));
    }
    expect(store.has([many as Vma])).toBe(false);
  });

  test('of five VMAs in a hundred thousand each takes less than 32 bytes', () => {
    const store = new KeptStates();
    const before = process.memoryUsage().arrayBuffers;
    // The digits of a number, each with its place.
    const vmas = (i: number): Vma[] =>
      [1, 10, 100, 1000, 10_000].map((of) => ((Math.floor(i / of) % 10) + of) as Vma);
    for (let i = 0; i < 100_000; i++) {
      expect(store.add(vmas(i), Math.floor(i / 40), i % 3000)).toBe(true);
    }
    expect((process.memoryUsage().arrayBuffers - before) / store.size).toBeLessThan(32);
  });
});
