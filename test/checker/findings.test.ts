import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { EnumerateBounds, ReachBounds } from '../../src/checker/bounds.js';
import { fromEnumeration, fromReach } from '../../src/checker/counterexample.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { byRank, type Witness } from '../../src/checker/findings.js';
import { bestPerSpace, KEPT } from '../../src/checker/kept-witnesses.js';
import { reach } from '../../src/checker/reach/reach.js';
import { errorUntouched } from '../../src/invariants/error-untouched.js';
import { overshootAtMostOne } from '../../src/invariants/overshoot-at-most-one.js';
import { machine } from '../../src/model/plan.js';
import { resultName } from '../support/play.js';
import { release } from '../support/releases.js';

// Which of the calls that break a promise is shown, and that it is shown under the limits it was found under.

const SMALLEST: Witness = { space: 1, call: 1, limit: 1, failing: [], aboveLimit: false };
/** Each a little worse than the one before. */
const RANKED: readonly Witness[] = [
  SMALLEST,
  { ...SMALLEST, limit: 2 },
  { ...SMALLEST, call: 2, limit: 0 },
  { ...SMALLEST, space: 2, call: 0 },
  { ...SMALLEST, space: 0, failing: [1] },
  { ...SMALLEST, space: 0, failing: [2] },
  { ...SMALLEST, space: 0, limit: 2, failing: [0] },
  { ...SMALLEST, space: 0, call: 0, failing: [0, 1] },
  { ...SMALLEST, space: 0, call: 0, limit: 0, aboveLimit: true },
];

describe('witnesses', () => {
  test.prop([fc.shuffledSubarray([...RANKED], { minLength: RANKED.length })])(
    'are ranked by limit, failures, address space, call and what fails',
    (shuffled) => {
      expect(shuffled.sort(byRank)).toEqual(RANKED);
    },
  );

  test.prop([fc.array(fc.record({ space: fc.nat(40), call: fc.nat(9) }), { maxLength: 200 })])(
    'are kept one an address space, the best, and no more than some',
    (all) => {
      const rank = (a: (typeof all)[number], b: (typeof all)[number]): number =>
        a.space - b.space || a.call - b.call;
      const spaces = [...new Set(all.map(({ space }) => space))].sort((a, b) => a - b);
      const best = spaces.map((space) => ({
        space,
        call: Math.min(...all.filter((one) => one.space === space).map(({ call }) => call)),
      }));
      expect(bestPerSpace(all, rank)).toEqual(best.slice(0, KEPT));
    },
  );
});

const POPULATED = { kind: 'anon', prot: 'rw', populated: true } as const;
const UNWRITTEN = { kind: 'anon', prot: 'rw', populated: false } as const;

describe('a counterexample', () => {
  test('meets the limits of the process that it was found under', () => {
    const bounds: EnumerateBounds = {
      pages: 4,
      classes: [POPULATED],
      vmas: 2,
      identities: 2,
      displacements: [0],
      limits: [12, 12],
      resources: { rlimitAs: 2 },
      mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' },
    };
    // Up to 6.16 RLIMIT_AS is looked at when the destination has gone.
    const on = machine(release('v6.12'));
    const [finding] = enumeratePart(on, bounds, [errorUntouched]).findings;
    expect(finding?.broken).toBeGreaterThan(0);
    const shown = fromEnumeration(on, bounds, errorUntouched, finding ?? { witnesses: [] });
    expect(shown?.within).toMatchObject({ maxMapCount: 12, rlimitAs: 2 });
    expect(shown && resultName(shown.outcome)).toBe('ENOMEM');
  });

  test('meets the limit of its own that mmap() has', () => {
    const bounds: ReachBounds = {
      pages: 5,
      limit: 1,
      mmapCap: 3,
      classes: [UNWRITTEN],
      calls: ['mmap', 'munmap'],
      mremap: { flags: [], lengths: 'any', destinations: 'fits' },
      maxStates: 1_000,
    };
    const on = machine(release('v6.12'));
    const [finding] = reach(on, bounds, [overshootAtMostOne]).findings;
    if (finding === undefined) throw new Error('no finding');
    const shown = fromReach(on, bounds, overshootAtMostOne, finding);
    expect(shown?.within).toMatchObject({ maxMapCount: 1, mmapCap: 3 });
    expect([shown?.before.length, shown?.outcome.mapCount]).toEqual([2, 3]);
  });
});
