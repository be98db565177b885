import { describe, expect, test } from 'vitest';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { racePart } from '../../src/checker/race.js';
import { reach } from '../../src/checker/reach/reach.js';
import { invariantById, invariants } from '../../src/invariants/index.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { type Defect, defects } from './defects.js';
import { type RaceDefect, raceDefects } from './race-defects.js';

interface Count {
  readonly applied: number;
  readonly broken: number;
}

/** A mutant need not keep what the reductions rely on. */
const EVERY_CALL = { argumentClasses: false, limitRanges: false };

/** How often the invariant is tested on the release, and how often it breaks. */
function search(of: Release, defect: Defect | RaceDefect): Count {
  const invariant = invariantById(defect.invariant);
  if (invariant === undefined) throw new RangeError(`no invariant ${defect.invariant}`);
  const on = machine(of);
  const where = 'bounds' in defect ? { race: defect.bounds } : defect.search;
  const [finding] =
    'race' in where
      ? racePart(on, where.race, [invariant], { blocks: false }).findings
      : 'enumerate' in where
        ? enumeratePart(on, where.enumerate, [invariant], EVERY_CALL).findings
        : reach(on, where.reach, [invariant], EVERY_CALL).findings;
  if (finding === undefined) throw new Error('a search without a finding');
  return finding;
}

for (const defect of [...defects, ...raceDefects]) {
  const { invariant, what, original, mutant } = defect;
  describe(`${invariant}, if ${what}`, () => {
    test(`holds on ${original.id} as it is, where it is put to the test`, () => {
      const { applied, broken } = search(original, defect);
      expect(applied).toBeGreaterThan(0);
      expect(broken).toBe(0);
    });

    test('breaks on the mutant', () => {
      expect(search(mutant, defect).broken).toBeGreaterThan(0);
    });
  });
}

test('every invariant has a defect that it finds', () => {
  const found = new Set([...defects, ...raceDefects].map(({ invariant }) => invariant));
  expect([...found].sort()).toEqual(invariants.map(({ id }) => id).sort());
});
