import { describe, expect, test, vi } from 'vitest';
import type { ReachBounds } from '../../src/checker/bounds.js';
import { callsOf } from '../../src/checker/calls.js';
import { Continuations } from '../../src/checker/reach/continuations.js';
import { type Reach, reach } from '../../src/checker/reach/reach.js';
import { canonical } from '../../src/checker/spaces.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { limitHeld } from '../../src/invariants/limit-held.js';
import { overshootAtMostOne } from '../../src/invariants/overshoot-at-most-one.js';
import type { Vmas } from '../../src/model/address-space.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import { type Machine, machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { displacementOf, ModelLimitError } from '../../src/model/vma.js';
import { release } from '../support/releases.js';

const bounds = (given: Partial<ReachBounds>): ReachBounds => ({
  pages: 4,
  limit: 8,
  mmapCap: 8,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  calls: ['mmap'],
  mremap: { flags: [], lengths: 'any', destinations: 'fits' },
  maxStates: 10_000,
  ...given,
});

const v6_12 = release('v6.12');

describe('a reach search by mmap() of one kind alone', () => {
  // Neighbours merge, so that a state is a set of pages, and as many calls away as it has runs.
  test.each([1, 2, 3, 4, 5, 6])('finds every set of %i pages', (pages) => {
    const found = reach(machine(v6_12), bounds({ pages }), []);
    expect(found.work.spaces).toBe(2 ** pages);
    expect(found.largestCount).toBe(Math.ceil(pages / 2));
    expect(found.depth).toBe(Math.ceil(pages / 2));
    expect(found.complete).toBe(true);
  });

  test('makes every call in every state', () => {
    // Ten ranges of four pages.
    expect(reach(machine(v6_12), bounds({}), []).work.transitions).toBe(16 * 10);
  });

  test('counts each pair of a state and another that it leads to once', () => {
    // From a set, mapping a range leads to the union: with two pages {}-{0},{1},{01}; {0}-{01}; {1}-{01}.
    expect(reach(machine(v6_12), bounds({ pages: 2 }), []).edges).toBe(5);
  });

  test('says so if it stops early', () => {
    const found = reach(machine(v6_12), bounds({ pages: 6, maxStates: 10 }), []);
    expect(found.complete).toBe(false);
    expect(found.work.spaces).toBeLessThan(64);
  });
});

test('what is forgotten, since there is too much of it, changes nothing that is found', () => {
  const asked = [limitHeld, overshootAtMostOne];
  const classes = (['r', 'rw'] as const).map(
    (prot) => ({ kind: 'anon', prot, populated: false }) as const,
  );
  const mremap = {
    flags: [[], ['MAYMOVE', 'FIXED']],
    lengths: 'any',
    destinations: 'fits',
  } as const;
  const within = bounds({ limit: 2, classes, calls: ['mmap', 'munmap', 'mremap'], mremap });
  const remembered = reach(machine(v6_12), within, asked);
  // Every second state is expanded without what was learned before.
  let states = 0;
  const isFull = vi.spyOn(Continuations.prototype, 'isFull', 'get');
  isFull.mockImplementation(() => states++ % 2 === 1);
  const forgotten = reach(machine(v6_12), within, asked);
  isFull.mockRestore();
  expect(states).toBeGreaterThan(10);
  expect(forgotten).toEqual(remembered);
});

/** Everything that calls reach, found with nothing but `run`. */
function plainSearch(
  on: Machine,
  within: ReachBounds,
): Pick<Reach, 'edges' | 'depth'> & { states: number } {
  const { pages, limit, mmapCap, displacements } = within;
  const isWithin = (vmas: Vmas): boolean =>
    displacements === undefined || vmas.every((vma) => displacements.includes(displacementOf(vma)));
  const depths = new Map<string, number>([['', 0]]);
  let edges = 0;
  let depth = 0;
  const found: Vmas[] = [[]];
  for (const before of found) {
    depth = depths.get(before.join()) as number;
    const successors = new Map<string, Vmas>();
    for (const call of callsOf(within)) {
      const { vmas } = run(
        on,
        env(limit, pages, { mmapCap }),
        before,
        frameTokens(before, pages),
        call,
      );
      const after = canonical(vmas);
      successors.set(after.join(), after);
    }
    successors.delete(before.join());
    edges += successors.size;
    for (const [key, after] of successors) {
      if (depths.has(key) || !isWithin(after)) continue;
      depths.set(key, depth + 1);
      found.push(after);
    }
  }
  return { states: found.length, edges, depth };
}

describe('displacements', () => {
  const moving = bounds({
    pages: 3,
    calls: ['mmap', 'munmap', 'touch', 'mremap'],
    classes: [
      { kind: 'anon', prot: 'rw', populated: false },
      { kind: 'fshared', prot: 'rw', populated: false },
    ],
    mremap: {
      flags: [[], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'DONTUNMAP']],
      lengths: 'any',
      destinations: 'fits',
    },
  });

  test.each([[[0]], [[0, 1]], [[-1, 0, 1]], [[-2, 0, 2]]])(
    'bound a search to the states that have them: %j',
    (displacements) => {
      for (const id of ['v5.1', 'v6.12', 'v6.17', 'v7.2']) {
        const within = { ...moving, displacements };
        const { work, edges, depth, complete } = reach(machine(release(id)), within, []);
        const plain = plainSearch(machine(release(id)), within);
        expect({ states: work.spaces, edges, depth, complete }).toEqual({
          ...plain,
          complete: true,
        });
      }
    },
  );

  test('that no bound keeps grow until they are beyond what is modelled', () => {
    expect(() => reach(machine(v6_12), { ...moving, pages: 2 }, [])).toThrow(ModelLimitError);
  });

  test('beyond the bound are where a call leads, and none that a call is made in', () => {
    const isAway = (vmas: Vmas): boolean => vmas.some((vma) => displacementOf(vma) !== 0);
    const { ofCountsAlone: _, ...promise } = { ...overshootAtMostOne, applies: () => true };
    const invariants: readonly Invariant[] = [
      { ...promise, id: 'begins-at-home', holds: ({ before }) => !isAway(before) },
      { ...promise, id: 'ends-at-home', holds: ({ outcome }) => !isAway(outcome.vmas) },
    ];
    const [begins, ends] = reach(
      machine(v6_12),
      { ...moving, displacements: [0] },
      invariants,
    ).findings;
    expect(begins?.broken).toBe(0);
    // A page of the file, and its move.
    expect(ends?.path).toHaveLength(2);
  });
});

describe('the history of a breach', () => {
  const careless: Release = {
    ...v6_12,
    calls: {
      ...v6_12.calls,
      mmap: v6_12.calls.mmap.filter(({ name }) => name !== 'mmap-count-check'),
    },
  };
  const two = bounds({
    limit: 2,
    mmapCap: 2,
    classes: [
      { kind: 'anon', prot: 'r', populated: false },
      { kind: 'anon', prot: 'rw', populated: false },
    ],
    calls: ['mmap', 'munmap'],
  });
  const on = machine(careless);
  const [overshoot, held] = reach(on, two, [overshootAtMostOne, limitHeld]).findings;

  test('is a shortest one', () => {
    // From 0 to 4 VMAs: one call adds 1, into the inside of a VMA 2, but only below the limit of 2.
    expect(overshoot?.path).toHaveLength(3);
  });

  test('leads to the breach by its last call, and to none before', () => {
    let vmas: Vmas = [];
    const broken = (overshoot?.path ?? []).map((call) => {
      const pages = frameTokens(vmas, 4);
      const limits = env(2, 4);
      const outcome = run(on, limits, vmas, pages, call);
      const transition = { on, env: limits, before: vmas, pages, call, outcome };
      vmas = outcome.vmas;
      return overshootAtMostOne.applies(transition) && !overshootAtMostOne.holds(transition);
    });
    expect(broken).toEqual([false, false, true]);
  });

  test('is not given where an invariant is kept', () => {
    expect(held).toMatchObject({ invariant: 'limit-held', broken: 0, path: undefined });
    expect(held?.applied).toBeGreaterThan(0);
  });
});
