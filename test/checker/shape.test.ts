import { expect, test } from 'vitest';
import { mremapCalls } from '../../src/checker/calls.js';
import { callShape, MREMAP_SHAPES } from '../../src/checker/shape.js';
import { ANY_FLAGS } from '../../src/specs/load.js';

test('the shapes that specs may name are those that calls have, each of them', () => {
  const calls = mremapCalls(3, {
    flags: ANY_FLAGS,
    lengths: 'any',
    destinations: 'any',
    odd: true,
  });
  const shapes = new Set(calls.map(callShape));
  expect([...shapes].sort()).toEqual([...MREMAP_SHAPES].sort());
});
