import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { releases } from '../../src/model/releases/index.js';
import { type HeadroomReport, headroom } from '../../src/verify/headroom.js';
import { synthesis } from '../../src/verify/synthesis.js';
import { columnOf, headroomDocument } from './document.js';

const PATH = fileURLToPath(new URL('../../docs/headroom.md', import.meta.url));
const WINDOWS = [3, 4, 5, 6];
const HERE = { workers: 0, signal: new AbortController().signal };

const figures = (release: string): Promise<HeadroomReport> =>
  headroom({ release, windows: WINDOWS }, HERE);

const PROMISES = ['limit-held', 'pages-preserved', 'success-effect'];
const EARLY = [...PROMISES, 'precheck-enomem-untouched', 'limit-enomem-untouched/one-vma'];
const CHECKS: readonly [release: string, check: string, promises: readonly string[]][] = [
  ['v6.18', 'move-count-check', PROMISES],
  ['v7.1', 'early-count-check', EARLY],
  ['v7.2', 'early-count-check', EARLY],
];

/** Some ten minutes: every release in every window, and the weakest checks. */
async function written(): Promise<string> {
  const reports: HeadroomReport[] = [];
  for (const { id } of releases) reports.push(await figures(id));
  const syntheses = [];
  for (const [release, check, promises] of CHECKS) {
    syntheses.push(await synthesis({ release, check, promises, named: false, pages: 5 }, HERE));
  }
  return headroomDocument(reports, syntheses);
}

test.runIf(process.env['UPDATE_DOCS'] === '1')(
  'docs/headroom.md is written anew',
  async () => {
    writeFileSync(PATH, await written());
  },
  1_800_000,
);

test('a column of docs/headroom.md is what the search finds', async () => {
  const { rows } = await figures('v7.1');
  const found = new Map(rows.map(({ shape, needs, asks }) => [shape, `${needs}/${asks.value}`]));
  expect(columnOf(readFileSync(PATH, 'utf8'), 'v7.1')).toEqual(found);
}, 120_000);
