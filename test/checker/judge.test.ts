import { describe, expect, test } from 'vitest';
import { judge, type Sequence } from '../../src/checker/judge.js';
import { map, remap, unmap } from '../support/play.js';

describe('a sequence of calls is judged', () => {
  test('under the limits of the process that it gives', () => {
    // Up to 6.16 RLIMIT_AS is looked at when the destination has gone.
    const sequence: Sequence = {
      pages: 4,
      setup: [map(0, 1, 'anon'), map(3, 4, 'anon')],
      call: remap(0, 1, 2, ['MAYMOVE', 'FIXED'], 2),
      maxMapCount: 20,
    };
    const asked = (limits: Sequence['limits']): string =>
      judge('v6.12', 'error-untouched', { ...sequence, ...(limits && { limits }) });
    expect(asked({ rlimitAs: 1 })).toBe('broken');
    expect(asked(undefined)).toBe('no case');
  });

  test('with a set-up under the map limit where that is there from the start', () => {
    // mmap() refuses above the limit alone: the second VMA is mapped, the third not.
    const sequence: Sequence = {
      pages: 5,
      setup: [map(0, 1, 'anon'), map(2, 3, 'anon'), map(4, 5, 'anon')],
      call: unmap(0, 1),
      maxMapCount: 1,
    };
    const asked = (limitedFromStart: boolean): string =>
      judge('v6.12', 'overshoot-at-most-one', { ...sequence, limitedFromStart });
    expect([asked(true), asked(false)]).toEqual(['kept', 'no case']);
  });
});
