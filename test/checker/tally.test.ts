import { expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { addEnumerations, enumeratePart } from '../../src/checker/enumerate.js';
import { machine } from '../../src/model/run.js';
import { release } from '../support/releases.js';

// A part that never met an errno must not change the order in which the whole lists them: reports of
// equal searches are equal bytes, in whatever order the parts come in.

const BOUNDS: EnumerateBounds = {
  pages: 3,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas: 3,
  identities: 1,
  displacements: [0],
  limits: [0, 8],
  mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' },
};

test('parts put together in any order are the same bytes', () => {
  const on = machine(release('v5.1'));
  const parts = Array.from({ length: 16 }, (_, part) =>
    enumeratePart(on, BOUNDS, [], { part, parts: 16 }),
  );
  const forwards = parts.reduce(addEnumerations);
  const backwards = parts.toReversed().reduce(addEnumerations);
  expect(JSON.stringify(backwards)).toBe(JSON.stringify(forwards));
  expect(Object.keys(forwards.work.results)).toEqual(['ok', 'ENOMEM', 'EFAULT', 'EINVAL']);
});
