import { describe, expect, test } from 'vitest';
import { CannotSetUp, replay } from '../../src/conformance/replay.js';
import { type Scenario, scenarioFrom } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { release } from '../support/releases.js';

// A shared anonymous object keeps the length of its mmap(); a mapping of it that grows does not lengthen
// it, and what is behind its end is SIGBUS. 6.18.44 was found to do so by random scenarios.

const setup = [
  { call: 'mmap', addr: 2, len: 1, kind: 'shm', prot: 'rw', offset: 0 },
  { call: 'mremap', addr: 2, oldLen: 1, newLen: 2, flags: ['MAYMOVE', 'FIXED'], newAddr: 0 },
] as const;

const scenario = (calls: readonly object[], before: readonly object[] = setup): Scenario =>
  scenarioFrom({ id: 'end', pages: 4, headroom: 3, setup: before, calls }, 'test');

const on = machine(release('v6.18'));
const stepsOf = (calls: readonly object[]) => replay(on, scenario(calls)).steps;

describe('behind the end of a shared anonymous object', () => {
  test('nothing is written, before it everything is', () => {
    const [both] = stepsOf([{ call: 'touch', addr: 0, len: 2 }]);
    expect(both).toMatchObject({ result: { errno: 'EFAULT' }, data: { 0: 1 } });
    const [one] = stepsOf([{ call: 'touch', addr: 0, len: 1 }]);
    expect(one).toMatchObject({ result: { ok: 0 }, data: { 0: 1 } });
    const [behind] = stepsOf([{ call: 'touch', addr: 1, len: 2 }]);
    expect(behind).toMatchObject({ result: { errno: 'EFAULT' }, data: {} });
  });

  test('mlock() locks and says ENOMEM', () => {
    const [both] = stepsOf([{ call: 'mlock', addr: 0, len: 2 }]);
    expect(both).toMatchObject({ result: { errno: 'ENOMEM' }, lockedVm: 2 });
    const [one] = stepsOf([{ call: 'mlock', addr: 0, len: 1 }]);
    expect(one).toMatchObject({ result: { ok: 0 }, lockedVm: 1 });
  });

  test('no set-up writes', () => {
    const before = [...setup, { call: 'touch', addr: 1, len: 1 }];
    expect(() => replay(on, scenario([], before))).toThrow(CannotSetUp);
  });
});
