import { describe, expect, test } from 'vitest';
import type { ReachBounds } from '../../src/checker/bounds.js';
import { callsOf } from '../../src/checker/calls.js';
import { Expander } from '../../src/checker/reach/expander.js';
import { mirroredCall, mirrorOf } from '../../src/checker/reach/mirror.js';
import { reach } from '../../src/checker/reach/reach.js';
import { canonical } from '../../src/checker/spaces.js';
import { invariants } from '../../src/invariants/index.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { limitHeld } from '../../src/invariants/limit-held.js';
import type { Vmas } from '../../src/model/address-space.js';
import { edited } from '../../src/model/edits.js';
import { machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env, NOT_FOLLOWED } from '../../src/model/state.js';
import { everyRelease, release } from '../support/releases.js';
import { coreBounds } from './core-model.js';

const MREMAP: ReachBounds['mremap'] = {
  flags: [[], ['MAYMOVE'], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'FIXED', 'DONTUNMAP']],
  lengths: 'any',
  destinations: 'fits',
};

/** Moves within the limit and at it, mmap() capped so that moves build what there is; accounted, shared and objects; other calls. */
const BOUNDS: readonly ReachBounds[] = [
  coreBounds({ pages: 5, limit: 8, mmapCap: 8 }),
  { ...coreBounds({ pages: 4, limit: 4, mmapCap: 5 }), mremap: MREMAP },
  { ...coreBounds({ pages: 4, limit: 7, mmapCap: 0 }), mremap: MREMAP },
  {
    ...coreBounds({ pages: 3, limit: 6, mmapCap: 3 }),
    classes: (['fpriv', 'shm'] as const).flatMap((kind) =>
      (['r', 'rw'] as const).map((prot) => ({ kind, prot, populated: false })),
    ),
    calls: ['mmap', 'munmap', 'mseal', 'uffd'],
  },
];

/** Broken by some calls, unlike those of the model, so that there is a history to compare. */
const atMostTwo: Invariant = {
  ...limitHeld,
  id: 'at-most-two',
  applies: () => true,
  holds: ({ outcome }) => outcome.mapCount <= 2,
};

const byCounts = [...invariants.filter(({ ofCountsAlone }) => ofCountsAlone === true), atMostTwo];

/**
 * v5.7 to v5.10 and v6.15 to v6.17-rc1 put VM_ACCOUNT where it is not due, or lose it, with DONTUNMAP; v6.5.3
 * loses it in each other move.
 */
const UNEVEN = ['v5.7', 'v6.15', 'v6.16', 'v6.17-rc1', 'v6.17.5', 'v6.5.3'];

describe.each(everyRelease)('address spaces of %s that mirror each other', (id, of) => {
  const on = machine(of);

  test('every call does in one what the mirrored call does in the other', () => {
    for (const bounds of BOUNDS) {
      const mirror = mirrorOf(of, bounds, byCounts);
      if (mirror === undefined) {
        expect(UNEVEN).toContain(id);
        continue;
      }
      const limits = env(bounds.limit, bounds.pages, { mmapCap: bounds.mmapCap });
      const calls = callsOf(bounds);
      const seen = new Set<string>(['']);
      const frontier: Vmas[] = [[]];
      const different: unknown[] = [];
      for (const before of frontier) {
        const image = mirror(before);
        if (mirror(image).join() !== before.join()) different.push(before);
        for (const call of calls) {
          const one = run(on, limits, before, NOT_FOLLOWED, call);
          const other = run(on, limits, image, NOT_FOLLOWED, mirroredCall(call));
          const { vmas, accounts: _, ...rest } = one;
          const { accounts: __, ...said } = other;
          const same = Object.entries(rest).every(
            ([what, value]) => what === 'failures' || said[what as keyof typeof said] === value,
          );
          if (!same || said.vmas.join() !== mirror(vmas).join()) different.push({ before, call });
          const after = canonical(vmas);
          if (seen.has(after.join())) continue;
          seen.add(after.join());
          frontier.push(after);
        }
      }
      expect(different).toEqual([]);
      expect(frontier.length).toBeGreaterThan(30);
    }
  });

  test('a search of one of each two counts and finds what a search of both does', () => {
    for (const bounds of BOUNDS) {
      const found = reach(on, bounds, byCounts);
      expect(found).toEqual(reach(on, bounds, byCounts, { mirror: false }));
      expect(found.findings.at(-1)).toMatchObject({ invariant: 'at-most-two' });
      if (bounds.mmapCap > 0) expect(found.findings.at(-1)?.path).toHaveLength(2);
    }
  });
});

/** By the words of each address space that a state leads to the first call, and what it breaks. */
function expanded(expander: Expander, state: number, vmas: Vmas) {
  expander.countAnew();
  expander.expand(state, vmas);
  const { successors, findings } = expander;
  const first = successors.map(
    (space) => [expander.space(space).join(), expander.firstCall(space)] as const,
  );
  return { first: new Map(first), findings };
}

test.each(['v2.6.12', 'v6.1', 'v6.12', 'v7.3'])(
  'in every state of %s the same calls are the first, by what is known of either image',
  (id) => {
    const on = machine(release(id));
    for (const bounds of BOUNDS) {
      const one = new Expander(on, bounds, byCounts, {});
      const other = new Expander(on, bounds, byCounts, { mirror: false });
      const seen = new Set<string>(['']);
      const frontier: Vmas[] = [[]];
      for (const [state, vmas] of frontier.entries()) {
        const found = expanded(one, state, vmas);
        expect(found).toEqual(expanded(other, state, vmas));
        for (const words of found.first.keys()) {
          if (seen.has(words)) continue;
          seen.add(words);
          frontier.push(words.split(',').filter(Boolean).map(Number) as unknown as Vmas);
        }
      }
      expect(frontier.length).toBeGreaterThan(30);
    }
  },
);

describe('both are searched', () => {
  const v6_12 = release('v6.12');
  const bounds = coreBounds({ pages: 3, limit: 3, mmapCap: 3 });

  test('where they can be told apart', () => {
    const [one, ...others] = bounds.classes;
    expect(mirrorOf(v6_12, bounds, [])).toBeDefined();
    expect(mirrorOf(v6_12, { ...bounds, calls: ['mmap', 'mprotect'] }, [])).toBeUndefined();
    expect(mirrorOf(v6_12, { ...bounds, classes: one ? [one] : [] }, [])).toBeUndefined();
    expect(mirrorOf(v6_12, { ...bounds, classes: others }, [])).toBeUndefined();
    expect(mirrorOf(v6_12, bounds, invariants)).toBeUndefined();
  });

  test('where a source without pages may lose its VM_ACCOUNT', () => {
    const on = machine(release('v2.6.12'));
    const flags = [['MAYMOVE', 'FIXED']] as const;
    const odd = { ...bounds, limit: 6, mremap: { ...bounds.mremap, flags, odd: true } };
    expect(reach(on, odd, [])).toEqual(reach(on, odd, [], { mirror: false }));
  });

  test('where a step of a patch may tell them apart', () => {
    const patched = edited('munmap', 'munmap-remove', (step) => [
      {
        ...step,
        run: (s) => (s.vmas.some((vma) => vma < 0x8000000) ? s : step.run(s)),
      },
    ])(v6_12);
    const found = reach(machine(patched), bounds, []);
    expect(found).toEqual(reach(machine(patched), bounds, [], { mirror: false }));
  });
});
