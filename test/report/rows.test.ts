import { expect, test } from 'vitest';
import { type Call, FIXED, MAYMOVE } from '../../src/model/calls.js';
import { historyRows, roles } from '../../src/report/rows.js';

const call = (change: object): Call => ({
  call: 'mremap',
  addr: 0,
  oldLen: 1,
  newLen: 2,
  flags: 0,
  newAddr: 0,
  ...change,
});

/** The roles without the blanks between the pages. */
const marked = (one: Call, result: number): string =>
  roles(one, result, 4)?.replace(/ /g, '') ?? '';

test('a call has a destination where it goes somewhere else, and where it was to go if it fails', () => {
  const [enomem, fixed] = [-12, { flags: MAYMOVE | FIXED, newAddr: 2 }];
  expect(marked(call({}), 0)).toBe('S');
  expect(marked(call({}), enomem)).toBe('S');
  expect(marked(call({ flags: MAYMOVE }), 2)).toBe('SDD');
  expect(marked(call(fixed), enomem)).toBe('SDD');
});

test('an address space without a history was searched to the end, or is said not to have been', () => {
  const without = (exhausted: boolean): string =>
    historyRows({ calls: undefined, exhausted, states: 5 }, 3, false).join('\n');
  expect(without(true)).toContain('no sequence of the calls tried builds this address space');
  expect(without(false)).toContain('no sequence of calls found that builds this address space');
});
