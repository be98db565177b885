import { expect, test } from 'vitest';
import { replay } from '../../src/conformance/replay.js';
import { scenarioFrom } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { release } from '../support/releases.js';

// A locked private page of a file is a copy of its own only once it has been populated: an mlock() that
// meets a gap marks the VMAs before it and populates nothing. Found by random scenarios on 6.18.44.

const after = (setup: readonly object[]): unknown => {
  const map = [
    { call: 'mmap', addr: 0, len: 1, kind: 'fpriv', prot: 'rw', offset: 0 },
    { call: 'mmap', addr: 2, len: 1, kind: 'fshared', prot: 'rw', offset: 0 },
    ...setup,
  ];
  const calls = [{ call: 'touch', addr: 2, len: 1 }];
  const scenario = scenarioFrom({ id: 'p', pages: 3, headroom: 20, setup: map, calls }, 'test');
  return replay(machine(release('v6.18')), scenario).steps[0]?.data;
};

test('an mlock() that fails at a gap leaves pages that show what is written to the file', () => {
  expect(after([{ call: 'mlock', addr: 0, len: 2 }])).toEqual({ 0: 3, 2: 3 });
});

test('one that succeeds makes copies', () => {
  expect(after([{ call: 'mlock', addr: 0, len: 1 }])).toEqual({ 2: 3 });
});

test('mprotect() makes copies of what becomes writable', () => {
  const readOnly = { call: 'mprotect', addr: 0, len: 1, prot: 'r' };
  const lock = { call: 'mlock', addr: 0, len: 1 };
  expect(after([readOnly, lock])).toEqual({ 0: 3, 2: 3 });
  expect(after([readOnly, lock, { ...readOnly, prot: 'rw' }])).toEqual({ 2: 3 });
});
