import { describe, expect, test } from 'vitest';
import { CannotSetUp, replay } from '../../src/conformance/replay.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { everyRelease } from '../support/releases.js';

const page = (addr: number, len: number) => ({ addr, len });
const anon = (addr: number, len: number, prot = 'rw') => ({
  call: 'mmap',
  ...page(addr, len),
  kind: 'anon',
  prot,
  offset: 0,
});

const scenario = (setup: readonly unknown[], calls: readonly unknown[], headroom = 9) =>
  parseScenario(JSON.stringify({ id: 'r', pages: 12, headroom, setup, calls }), 'test');

describe.each(everyRelease)('a replay on %s', (_id, release) => {
  const on = machine(release);

  test('begins with what the set-up locked', () => {
    const { steps } = replay(
      on,
      scenario(
        [anon(0, 4), { call: 'mlock', ...page(0, 3) }],
        [
          { call: 'munlock', ...page(0, 1) },
          { call: 'munmap', ...page(0, 3) },
        ],
      ),
    );
    expect(steps.map(({ lockedVm }) => lockedVm)).toEqual([2, 0]);
  });

  test('counts pages and their charge from the end of the set-up', () => {
    const { steps } = replay(
      on,
      scenario([anon(0, 4)], [anon(6, 3), anon(9, 1, 'r'), { call: 'munmap', ...page(0, 4) }]),
    );
    // Private memory that may be written to is charged, read-only memory is not.
    expect(steps.map(({ totalVmDelta }) => totalVmDelta)).toEqual([3, 4, 0]);
    expect(steps.map(({ committedDelta }) => committedDelta)).toEqual([3, 3, -1]);
  });

  test('charges a shared anonymous object whole until nothing of it is mapped', () => {
    const { steps } = replay(
      on,
      scenario(
        [],
        [
          { ...anon(0, 4), kind: 'shm' },
          { call: 'munmap', ...page(0, 3) },
          { call: 'munmap', ...page(3, 1) },
        ],
      ),
    );
    expect(steps.map(({ totalVmDelta }) => totalVmDelta)).toEqual([4, 1, 0]);
    expect(steps.map(({ committedDelta }) => committedDelta)).toEqual([4, 4, 0]);
  });

  test('cannot be made if the set-up writes where nothing is writable', () => {
    const unwritable = scenario([anon(0, 2, 'r'), { call: 'touch', ...page(0, 2) }], []);
    expect(() => replay(on, unwritable)).toThrow(CannotSetUp);
  });

  test('sets the limit after the set-up, which it does not touch', () => {
    const full = scenario(
      [anon(0, 2), anon(4, 2), anon(8, 2)],
      [{ call: 'munmap', ...page(4, 2) }],
      0,
    );
    const { initial, steps } = replay(on, full);
    expect(initial.layout.map(({ start }) => start)).toEqual([0, 4, 8]);
    expect(steps.map(({ result }) => result)).toEqual([{ ok: 0 }]);
  });

  test('counts against the limit from the first call on', () => {
    const { steps } = replay(
      on,
      scenario([anon(0, 6)], [{ call: 'munmap', ...page(2, 1) }, anon(8, 1), anon(10, 1)], 0),
    );
    // A hole takes a slot and there is none; mmap() may overshoot by one, but not by two.
    expect(steps.map(({ result }) => result)).toEqual([
      { errno: 'ENOMEM' },
      { ok: 8 },
      { errno: 'ENOMEM' },
    ]);
    expect(steps.map(({ mapCountDelta }) => mapCountDelta)).toEqual([0, 1, 1]);
  });

  test('puts what finds no room in the window outside', () => {
    const grow = { call: 'mremap', addr: 0, oldLen: 2, newLen: 6, flags: ['MAYMOVE'], newAddr: 0 };
    const { steps } = replay(
      on,
      scenario([anon(0, 2), { call: 'touch', ...page(0, 2) }, anon(2, 10, 'r')], [grow]),
    );
    expect(steps[0]).toMatchObject({ result: { ok: 'outside' }, mapCountDelta: 0, data: {} });
    expect(steps[0]?.layout.map(({ start }) => start)).toEqual([2]);
  });

  test('lets contents follow a move, and a shared page be seen at both of its places', () => {
    const fshared = (addr: number) => ({
      call: 'mmap',
      ...page(addr, 2),
      kind: 'fshared',
      prot: 'rw',
      offset: 0,
    });
    const move = {
      call: 'mremap',
      addr: 0,
      oldLen: 2,
      newLen: 2,
      flags: ['MAYMOVE', 'FIXED'],
      newAddr: 9,
    };
    const write = { call: 'touch', ...page(0, 2) };
    // Page p gets the byte p + 1.
    expect(replay(on, scenario([anon(0, 2), write], [move])).steps[0]?.data).toEqual({
      9: 1,
      10: 2,
    });
    expect(replay(on, scenario([fshared(0), fshared(4), write], [move])).steps[0]?.data).toEqual({
      4: 1,
      5: 2,
      9: 1,
      10: 2,
    });
  });
});
