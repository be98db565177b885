import { describe, expect, test } from 'vitest';
import type { Seen } from '../../src/checker/sight.js';
import { changeText, headroomText } from '../../src/report/behaviour.js';

const OK: Seen = { result: 'ok', effect: '' };
const REFUSED: Seen = { result: 'ENOMEM', effect: 'nothing changed' };

describe('the headrooms of a change', () => {
  test.each([
    [[0, 1, 2, 3], 'at headroom 0 to 3'],
    [[0, 2, 3], 'at headroom 0, 2 to 3'],
    [[4], 'at headroom 4'],
    [[1, 6, 7, 8], 'at headroom 1, 6 and above'],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8], 'at any headroom'],
  ])('%j, of 0 to 8 tried, is %s', (headrooms, text) => {
    expect(headroomText(headrooms, [0, 8])).toBe(text);
  });

  // The move check may let all pass from the next one on.
  test.each<[number[], [number, number], string]>([
    [[3], [3, 3], 'at headroom 3'],
    [[3, 4, 5], [3, 5], 'at headroom 3 to 5'],
    [[0, 1, 2], [0, 2], 'at headroom 0 to 2'],
    [[2, 7], [0, 7], 'at headroom 2, 7'],
    [[4, 5, 6, 7, 8, 9], [4, 9], 'at headroom 4 and above'],
    [[-1, 0, 1, 2, 3, 4, 5, 6, 7, 8], [-1, 8], 'at any headroom'],
  ])('%j, of %j tried, go no further than that', (headrooms, tried, text) => {
    expect(headroomText(headrooms, tried)).toBe(text);
  });

  test('are exact where no headrooms were asked for', () => {
    expect(headroomText([-1, 0, 3], [-Infinity, Infinity])).toBe('at headroom -1 to 0, 3');
  });
});

describe('a change', () => {
  test.each([
    [OK, REFUSED, [], 'succeeds -> ENOMEM, nothing changed'],
    [{ ...OK, effect: 'moved' }, REFUSED, [], 'succeeds by a move -> ENOMEM, nothing changed'],
    [{ ...REFUSED, result: 'EFAULT' }, REFUSED, [], 'EFAULT -> ENOMEM, nothing changed'],
    [
      { ...REFUSED, effect: 'destination unmapped' },
      REFUSED,
      [],
      'ENOMEM, destination unmapped -> ENOMEM, nothing changed',
    ],
    [
      OK,
      OK,
      ['borders', 'locked_vm'],
      'succeeds on both, but differs in where VMAs begin and end, locked_vm',
    ],
  ] as const)('%j to %j, differing in %j', (from, to, differs, text) => {
    expect(changeText({ from, to, differs })).toBe(text);
  });
});
