import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { invariants } from '../../src/invariants/index.js';
import { Kind, Prot } from '../../src/model/vma.js';
import { ladder } from '../../src/verify/ladder.js';
import { breachShown, type SensitivityReport, sensitivity } from '../../src/verify/sensitivity.js';
import { everyMainline } from '../support/releases.js';
import { cellsOf, reportOf, sensitivityDocument } from './document.js';

const PATH = fileURLToPath(new URL('../../docs/sensitivity.md', import.meta.url));
const OUT_OF_DATE =
  'docs/sensitivity.md is out of date: UPDATE_DOCS=1 npx vitest run test/sensitivity';
const document = (): string => readFileSync(PATH, 'utf8');

/** Climbs these rungs of the ladder, all unless some are named, in this thread. */
const climb = (
  names: readonly string[],
  releases: readonly string[],
  rungs?: readonly string[],
): Promise<SensitivityReport> =>
  sensitivity(
    {
      invariants: names,
      releases,
      ladder: ladder.filter(({ id }) => rungs === undefined || rungs.includes(id)),
    },
    { workers: 0, signal: new AbortController().signal },
  );

const wordOf = ({ cells }: SensitivityReport, invariant: string, release: string): string => {
  const cell = cells.find((c) => c.invariant === invariant && c.release === release);
  return cell?.breach?.rung.id ?? cell?.found ?? 'not asked';
};

describe('the ladder', () => {
  test('has names that fit a cell and are no other word of the table', () => {
    const ids = ladder.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]\w{0,4}$/);
  });

  test('has kinds and protections that there are', () => {
    const classes = ladder.flatMap(({ searches }) => searches).flatMap((s) => s.bounds.classes);
    for (const { kind, prot } of classes) {
      expect(Object.keys(Kind)).toContain(kind);
      expect(Object.keys(Prot)).toContain(prot);
    }
  });

  test('lowers the limit below map_count on the rung about that alone', () => {
    expect(ladder.filter(({ aboveLimit }) => aboveLimit === true).map(({ id }) => id)).toEqual([
      'above',
    ]);
  });
});

// Reasoned from the kernel's text; see the specs for the commits.
describe('the first rung that breaks', () => {
  test.each([
    ['limit-held', 'v2.6.12', 'holds', 'each split asks for a map slot'],
    ['limit-held', 'v2.6.33', 'huge', 'a split refused by huge pages comes behind one unchecked'],
    ['limit-held', 'v6.12', 'seal', 'a split stays when the next VMA is sealed'],
  ])('%s on %s: %s, as %s', async (invariant, release, rung) => {
    const rungs = ['one', 'gap', 'seal', 'huge', 'above', 'race', 'read'];
    expect(wordOf(await climb([invariant], [release], rungs), invariant, release)).toBe(rung);
  });

  test.each([
    [
      'limit-enomem-untouched',
      'v2.6.33',
      'one',
      'the only check comes when the destination is gone',
    ],
    ['destination-kept-on-error', 'v7.1', 'gap', 'the second VMA of a move needs map slots again'],
    ['shrink-always-possible', 'v7.1', 'one', 'a shrink asks for as many map slots as a move'],
    ['unfaulted-offset-is-start', 'v5.13', 'moved', 'DONTUNMAP takes the anon_vma, not the offset'],
    ['anon-vma-kept', 'v6.17', 'moved', 'a merge with unwritten memory drops it'],
    ['locked-vm-exact', 'v5.7', 'lock', 'DONTUNMAP counts locked pages twice'],
    ['resource-limits-held', 'v5.7', 'rlim', 'DONTUNMAP charges unasked'],
    ['success-effect', 'v7.3', 'fail', 'that the source cannot be unmapped is not reported'],
    ['race-enomem-untouched', 'v6.12', 'holds', 'the early check is under the lock'],
    ['race-enomem-untouched', 'v6.15', 'race', 'the early check is before the lock'],
    ['reader-within-limit', 'v2.6.33', 'read', 'munmap() splits before it takes off'],
    ['sysctl-enomem-untouched', 'v7.3', 'lower', 'each check reads the limit anew'],
  ])('%s on %s: %s, as %s', async (invariant, release, rung) => {
    const rungs = ['one', 'gap', 'moved', 'lock', 'rlim', 'fail', 'race', 'read', 'lower'];
    expect(wordOf(await climb([invariant], [release], rungs), invariant, release)).toBe(rung);
  });

  test('is not about memory that a release does not have', async () => {
    const names = ['sealed-untouched', 'eperm-untouched'];
    const report = await climb(names, ['v6.1', 'v6.10', 'v6.12'], ['seal']);
    const words = (name: string): string[] =>
      ['v6.1', 'v6.10', 'v6.12'].map((release) => wordOf(report, name, release));
    expect(words('sealed-untouched')).toEqual(['untested', 'holds', 'holds']);
    expect(words('eperm-untouched')).toEqual(['untested', 'holds', 'seal']);
  });

  test('has a counterexample within the limit, below the rung about that', async () => {
    const names = ['error-untouched', 'no-needless-enomem', 'limit-held'];
    const { cells } = await climb(names, ['v6.12'], ['one', 'seal']);
    for (const cell of cells) {
      const shown = breachShown(cell);
      expect(shown?.before.length).toBeLessThanOrEqual(shown?.limit ?? -1);
    }
  });
});

test('an interruption leaves what is not broken yet undecided', async () => {
  const stop = new AbortController();
  const { cells, complete } = await sensitivity(
    { invariants: ['error-untouched', 'well-formed'], releases: ['v6.12'], ladder },
    {
      workers: 0,
      signal: stop.signal,
      onProgress: ({ tasksDone }) => {
        if (tasksDone >= 1) stop.abort();
      },
    },
  );
  expect(complete).toBe(false);
  expect(cells.map(({ found }) => found)).toEqual(['broken', 'unknown']);
});

describe('docs/sensitivity.md', () => {
  const all = invariants.map(({ id }) => id);
  const releases = everyMainline.map(([id]) => id);

  test.runIf(process.env['UPDATE_DOCS'] === '1')(
    'is written anew',
    { timeout: 1_200_000 },
    async () => {
      writeFileSync(PATH, sensitivityDocument(await climb(all, releases)));
    },
  );

  test('has a cell for every invariant and release, and words and rungs as they are', () => {
    const cells = cellsOf(document());
    expect(cells.size).toBe(all.length * releases.length);
    const question = { invariants: all, releases, ladder };
    expect(document() === sensitivityDocument(reportOf(question, cells)), OUT_OF_DATE).toBe(true);
    expect(
      document()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  // A few cells, low on the ladder and high: the whole takes minutes.
  test.each([
    [
      ['error-untouched', 'no-needless-enomem', 'destination-kept-on-error'],
      ['v5.1', 'v7.3'],
    ],
    [['limit-held', 'commit-exact', 'reader-within-limit'], ['v6.12']],
  ])('says of %s on %s what the searches say', async (names, on) => {
    const report = await climb(names, on);
    const cells = cellsOf(document());
    for (const { invariant, release, breach, found } of report.cells) {
      const word = breach?.rung.id ?? (found === 'holds' ? '.' : '-');
      expect(cells.get(`${invariant} ${release}`), OUT_OF_DATE).toBe(word);
    }
  });
});
