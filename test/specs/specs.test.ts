import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadSpecs, parseSpec } from '../../src/specs/load.js';
import { specText } from '../support/specs.js';

const FOLDER = fileURLToPath(new URL('../../specs', import.meta.url));
const specs = loadSpecs([FOLDER]);

describe('the specs of the package', () => {
  test('answer the five source documents', () => {
    const documents = ['2019-02', '2025-03', '2025-07', '2025-08', '2026-03'];
    const answered = documents.filter((date) => specs.some(({ file }) => file.startsWith(date)));
    expect(answered).toEqual(documents);
    expect(specs).toHaveLength(readdirSync(FOLDER).filter((f) => f.endsWith('.json')).length);
  });

  test.each(specs.map((spec) => [spec.file, spec] as const))(
    '%s has sources, and expects each thing once',
    (_file, spec) => {
      expect(spec.sources.length).toBeGreaterThan(0);
      for (const check of spec.checks) {
        const asked =
          check.check === 'compare'
            ? check.expect.map(({ shape, from, to }) => [shape, from, to].join(' | '))
            : check.expect.flatMap(({ invariant, releases }) =>
                releases.map((release) => `${invariant} on ${release}`),
              );
        // To expect nothing of a comparison is to expect no difference.
        if (check.check !== 'compare') expect(asked.length).toBeGreaterThan(0);
        expect(asked).toEqual([...new Set(asked)]);
      }
    },
  );

  test('look at five pages, two classes and limits from 0 to 8 at least once on every release', () => {
    const wide = specs
      .flatMap(({ checks }) => checks)
      .flatMap((check) => (check.check === 'enumerate' ? [check] : []))
      .filter(({ bounds }) => bounds.pages >= 5 && bounds.limits[0] === 0 && bounds.limits[1] >= 8);
    const kinds = new Set(
      wide.flatMap(({ bounds }) => bounds.classes.map(({ kind, prot }) => `${kind} ${prot}`)),
    );
    expect(kinds.size).toBeGreaterThanOrEqual(2);
    const releases = new Set(wide.flatMap(({ expect: e }) => e.flatMap((one) => one.releases)));
    expect([...releases]).toEqual(
      expect.arrayContaining([
        'v2.6.33',
        'v5.1',
        'v5.7',
        'v5.13',
        'v6.12',
        'v6.15',
        'v6.17',
        'v7.1',
        'v7.2',
      ]),
    );
  });
});

test('in a run mmap() has the map limit for its own, unless it is given another', () => {
  const { checks } = parseSpec(
    specText((s) => {
      s.checks[0] = {
        check: 'reach',
        title: 'Caps',
        release: 'v6.12',
        bounds: { classes: ['anon r'], calls: ['mmap'] },
        runs: [
          { pages: 3, limit: 2 },
          { pages: 3, limit: 2, mmapCap: 0 },
        ],
        expect: [],
      };
    }),
    'spec.json',
    false,
  );
  const [check] = checks;
  expect(check?.check === 'reach' && check.runs.map(({ bounds }) => bounds)).toMatchObject([
    { limit: 2, mmapCap: 2 },
    { limit: 2, mmapCap: 0 },
  ]);
});
