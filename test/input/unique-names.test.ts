import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { uniqueNames } from '../../src/input/unique-names.js';

const numbered = (name: string, number: number): string => `${name}-${number}`;

test('a number is one that no other name has', () => {
  expect(uniqueNames(['s', 's', 's-2'], numbered)).toEqual(['s', 's-3', 's-2']);
  expect(uniqueNames(['s', 's', 's'], numbered)).toEqual(['s', 's-2', 's-3']);
});

test.prop([fc.array(fc.constantFrom('a', 'a-2', 'a-2-2', 'a-3', 'b'))])(
  'all names differ, and one that is there once is kept',
  (names) => {
    const unique = uniqueNames(names, numbered);
    expect(new Set(unique).size).toBe(names.length);
    names.forEach((name, i) => {
      if (names.indexOf(name) === i) expect(unique[i]).toBe(name);
    });
  },
);
