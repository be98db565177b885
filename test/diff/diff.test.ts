import { describe, expect, test } from 'vitest';
import type { CompareBounds } from '../../src/checker/bounds.js';
import { ANY_FLAGS, vmaClassFrom } from '../../src/specs/load.js';
import { type Change, type DiffReport, diff, smallestDifference } from '../../src/verify/diff.js';

const bounds = (pages: number, ...classes: readonly string[]): CompareBounds => ({
  pages,
  vmas: pages,
  classes: classes.map((words) => vmaClassFrom(words, 'a class')),
  identities: 1,
  displacements: [0],
  limits: [0, pages + 8],
  headrooms: [0, 8],
  mremap: { flags: ANY_FLAGS, lengths: 'any', destinations: 'any' },
});

const between = (a: string, b: string, within = bounds(4, 'anon rw')): Promise<DiffReport> =>
  diff({ releases: [a, b], bounds: within }, { workers: 0, signal: new AbortController().signal });

/** The headrooms at which calls of a shape change so; none if they do not. */
const headroomsOf = (
  { changes }: DiffReport,
  shape: string,
  from: Change['from'],
  to: Change['to'],
): readonly number[] =>
  changes
    .filter(
      (one) =>
        one.from.result === from.result &&
        one.from.effect === from.effect &&
        one.to.result === to.result &&
        one.to.effect === to.effect &&
        one.classes.some((c) => c.shape === shape),
    )
    .flatMap(({ headrooms }) => headrooms);

const OK = { result: 'ok', effect: '' } as const;
const refused = (
  result: 'ENOMEM' | 'EFAULT' | 'EINVAL',
  effect = 'nothing changed',
): Change['from'] => ({
  result,
  effect,
});

/** From the kernel's text: the commits that the specs name. */
describe('diff finds', () => {
  const MOVES = ['FIXED move', 'FIXED grow', 'FIXED shrink', 'DONTUNMAP', 'DONTUNMAP|FIXED'];

  test('from 7.0 to 7.1 what the correction of the checks gains and costs', async () => {
    const report = await between('v7.0', 'v7.1');
    // 6 map slots were asked for before the lock, 4 are now; the check before the copy asks for 2 and not 4.
    for (const shape of MOVES) {
      expect(headroomsOf(report, shape, refused('ENOMEM'), OK), shape).toEqual([4, 5]);
    }
    // The early check is now one of every call, under the lock and before the lookup.
    for (const shape of ['no-op', 'shrink in place', 'grow in place']) {
      expect(headroomsOf(report, shape, OK, refused('ENOMEM')), shape).toEqual([0, 1, 2, 3]);
      expect(headroomsOf(report, shape, refused('EFAULT'), refused('ENOMEM'))).toEqual([
        0, 1, 2, 3,
      ]);
    }
    const inPlace = { result: 'ok', effect: 'in place' } as const;
    expect(headroomsOf(report, 'grow, may move', inPlace, refused('ENOMEM'))).toEqual([0, 1, 2, 3]);
    // It could move with 4 slots before, and has to have 4 now.
    const moved = { result: 'ok', effect: 'moved' } as const;
    expect(headroomsOf(report, 'grow, may move', refused('ENOMEM'), moved)).toEqual([]);
  });

  test('that moves with 2 or 3 slots left succeed once the early check of 7.1 is off', async () => {
    const report = await between('v7.0', 'v7.1[early=off]');
    // Only what unmaps nothing keeps the 2 that the check before the copy asks for.
    expect(headroomsOf(report, 'FIXED move', refused('ENOMEM'), OK)).toEqual(
      expect.arrayContaining([2, 3, 4, 5]),
    );
    const moved = { result: 'ok', effect: 'moved' } as const;
    expect(headroomsOf(report, 'grow, may move', refused('ENOMEM'), moved)).toEqual([2, 3]);
  });

  test('from 6.12 to 6.15 the changed order of errnos', async () => {
    const report = await between('v6.12', 'v6.15');
    // The early check, which asks for 6, precedes the lookup and the check for overlap.
    for (const shape of MOVES) {
      for (const was of ['EFAULT', 'EINVAL'] as const) {
        expect(headroomsOf(report, shape, refused(was), refused('ENOMEM')), shape).toEqual([
          0, 1, 2, 3, 4, 5,
        ]);
      }
    }
    expect(report.changes.some(({ from, to }) => from.result === 'ok' && to.result !== 'ok')).toBe(
      false,
    );
  });

  test('from 7.1 to 7.2 that DONTUNMAP asks for one slot more', async () => {
    const report = await between('v7.1', 'v7.2');
    for (const shape of ['DONTUNMAP', 'DONTUNMAP|FIXED']) {
      expect(headroomsOf(report, shape, OK, refused('ENOMEM')), shape).toEqual([4]);
    }
    const shapes = report.changes.flatMap(({ classes }) => classes.map(({ shape }) => shape));
    expect(shapes.every((shape) => shape.startsWith('DONTUNMAP'))).toBe(true);
  });

  test('from 5.0 to 5.1 that a destination is not lost to a refusal any more', async () => {
    const report = await between('v5.0', 'v5.1');
    const lost = refused('ENOMEM', 'destination unmapped');
    expect(headroomsOf(report, 'FIXED move', lost, refused('ENOMEM'))).toContain(0);
  });

  test('a difference in counters alone', async () => {
    // 7.2 counts a copy of locked memory only once.
    const { changes } = await between('v7.1', 'v7.2', bounds(3, 'anon rw populated locked'));
    expect(changes.some(({ differs }) => differs.includes('locked_vm'))).toBe(true);
  });

  test('what other calls do differently', async () => {
    const within = { ...bounds(3, 'anon rw'), calls: ['mseal', 'munmap'] as const };
    const { changes } = await between('v6.1', 'v6.10', within);
    const shapes = changes.flatMap(({ classes }) => classes.map(({ shape }) => shape));
    expect([...new Set(shapes)]).toEqual(['mseal']);
  });

  test.each(['v6.12', 'v7.1'])('nothing between %s and itself', async (id) => {
    const report = await between(id, id);
    expect(report).toMatchObject({ changes: [], complete: true });
    expect(report.transitions).toBeGreaterThan(10_000);
  });
});

describe('the smallest call of a change', () => {
  const steps = async (a: string, b: string, pick: (one: Change) => boolean): Promise<unknown> => {
    const { question, changes } = await between(a, b);
    const change = changes.find(pick);
    if (change === undefined) throw new Error('no such change');
    return smallestDifference(question, change).parting;
  };

  test('parts where one side refuses and the other passes the same check', async () => {
    const parting = await steps('v7.0', 'v7.1', ({ to }) => to.result === 'ok');
    expect(parting).toMatchObject([
      {
        step: 'early-count-check',
        kernel: 'check_mremap_params',
        passes: false,
        asks: { slots: 6 },
      },
      { step: 'early-count-check', kernel: 'do_mremap', passes: true, asks: { slots: 4 } },
    ]);
  });

  test('parts where one side refuses and the other has no such check', async () => {
    const parting = await steps('v7.0', 'v7.1', ({ to }) => to.result === 'ENOMEM');
    expect(parting).toMatchObject([
      { passes: false, result: 0 },
      { step: 'early-count-check', passes: false, result: -12, asks: { slots: 4, left: 0 } },
    ]);
  });
});
