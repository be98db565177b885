import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { dropped } from '../../src/model/edits.js';
import { everyMainline, release } from '../support/releases.js';
import { catches, detectors, invariantNames } from './detectors.js';
import { mutantsDocument } from './document.js';
import { mutants } from './mutants.js';

/** An invariant is asked only where the original keeps it: that it does not catch it is no question. */
const lawsAndRecords = detectors.filter((name) => !invariantNames.includes(name));

test.each(everyMainline)('nothing is found wrong with %s as it is', (_id, original) => {
  expect([...catches(original, original, lawsAndRecords)]).toEqual([]);
});

describe.each(
  mutants.map((mutant) => [`${mutant.release}, where ${mutant.what}`, mutant] as const),
)('%s', (_title, mutant) => {
  const original = release(mutant.release);

  if (mutant.survives === undefined) {
    test('is caught by what the table names', () => {
      const caught = catches(original, mutant.mutate(original), mutant.caughtBy);
      expect([...caught].sort()).toEqual([...mutant.caughtBy].sort());
      expect(caught.size).toBeGreaterThan(0);
    });
  } else {
    test('is caught by nothing, as the table explains', () => {
      expect(mutant.caughtBy).toEqual([]);
      expect([...catches(original, mutant.mutate(original), detectors)]).toEqual([]);
    });
  }
});

describe('the table', () => {
  test('has at least 40 mutants that are caught, of at least 10 releases', () => {
    const caught = mutants.filter(({ survives }) => survives === undefined);
    expect(caught.length).toBeGreaterThanOrEqual(40);
    expect(new Set(caught.map((mutant) => mutant.release)).size).toBeGreaterThanOrEqual(10);
  });

  test('has no mutant twice', () => {
    const names = mutants.map(({ what, release: of }) => `${of}: ${what}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('needs every law', () => {
    const named = new Set(mutants.flatMap(({ caughtBy }) => caughtBy));
    expect(detectors.filter((name) => name.startsWith('law: ') && !named.has(name))).toEqual([]);
  });

  test('is the one in docs/mutants.md', () => {
    const path = fileURLToPath(new URL('../../docs/mutants.md', import.meta.url));
    const wanted = mutantsDocument(mutants);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, wanted);
    expect(
      readFileSync(path, 'utf8') === wanted,
      'docs/mutants.md is out of date: UPDATE_DOCS=1 npx vitest run test/mutants',
    ).toBe(true);
  });
});

test('a mutation of a step that is not there is refused', () => {
  expect(() => dropped('mremap', 'no-such-step')(release('v6.12'))).toThrow(
    'found "no-such-step", expected a step of mremap of v6.12: flags-known',
  );
});
