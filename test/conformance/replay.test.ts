import { describe, expect, test } from 'vitest';
import { CannotSetUp, NotModelled, replay } from '../../src/conformance/replay.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/run.js';
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

  test('cannot be made of a call that the model does not have', () => {
    const sealed = scenario([anon(0, 2), { call: 'mseal', ...page(0, 2) }], []);
    expect(() => replay(on, sealed)).toThrow(NotModelled);
  });

  test('cannot be made if the set-up writes where nothing is writable', () => {
    const unwritable = scenario([anon(0, 2, 'r'), { call: 'touch', ...page(0, 2) }], []);
    expect(() => replay(on, unwritable)).toThrow(CannotSetUp);
  });

  test('sets the limit after the set-up, which it does not touch', () => {
    const full = scenario(
      [anon(0, 2), anon(4, 2), anon(8, 2)],
      [{ call: 'munmap', ...page(4, 1) }],
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
