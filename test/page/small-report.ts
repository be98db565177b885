import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ReportData } from '../../src/html/data.js';
import { cli, fileWith } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';

const because = 'The text of the kernel says so.';
const ENOMEM = 'limit-enomem-untouched';
/** A release that the page does not have in it. */
const PATCHED = 'no-early-check.json';
const PATCH = {
  patch: 1,
  title: 'No early check',
  base: 'v5.1',
  edits: [{ drop: 'early-count-check' }],
};

/** Verifies in a moment, and has one of everything: a breach, a race, a run from empty, a comparison. */
const SPEC = {
  spec: 1,
  title: 'A spec for pages',
  question: 'Does the page show it?',
  answer: 'It does.',
  sources: [{ ref: 'ea2c3f6f5545', says: 'bail out </script> earlier' }],
  checks: [
    {
      check: 'enumerate',
      title: 'Three pages',
      bounds: { pages: 3, classes: ['anon rw', 'anon r'], limits: [0, 8] },
      expect: [
        { invariant: ENOMEM, releases: ['v2.6.33', 'v2.6.12'], verdict: 'violated', because },
        { invariant: ENOMEM, releases: ['v5.1', 'v7.2'], verdict: 'holds', because },
        { invariant: ENOMEM, releases: [PATCHED], verdict: 'violated', because },
        { invariant: 'well-formed', releases: ['v2.6.33', 'v5.1'], verdict: 'holds', because },
        // Nothing is wrong with the release: the expectation is, so that there is a surprise.
        { invariant: 'no-needless-enomem', releases: ['v7.2'], verdict: 'holds', because },
      ],
    },
    {
      check: 'compare',
      title: 'Before and after',
      releases: ['v2.6.33', 'v5.1'],
      bounds: { pages: 3, classes: ['anon rw'], limits: [0, 8] },
      expect: [],
    },
    {
      check: 'race',
      title: 'A limit that is lowered',
      bounds: {
        pages: 4,
        classes: ['anon rw'],
        vmas: 1,
        limits: [4, 7],
        threads: [
          {
            calls: ['mremap'],
            flags: [['MAYMOVE', 'FIXED']],
            lengths: 'equal',
            destinations: 'fits',
          },
          { sysctl: 'lower' },
        ],
      },
      expect: [
        { invariant: 'sysctl-enomem-untouched', releases: ['v6.12'], verdict: 'violated', because },
      ],
    },
  ],
};

/** A page of the small spec, made by the command. */
export interface SmallReport {
  readonly spec: string;
  readonly file: string;
  readonly url: string;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function smallReport(): Promise<SmallReport> {
  const spec = fileWith('pages.json', JSON.stringify(SPEC));
  writeFileSync(join(dirname(spec), PATCHED), JSON.stringify(PATCH));
  const out = join(newFolder(), 'report');
  const { code, stdout, stderr } = await cli(['report', spec, '-o', out, '--quiet']);
  const file = join(out, 'index.html');
  return { spec, file, url: pathToFileURL(file).href, code, stdout, stderr };
}

type Writable<T> = { -readonly [K in keyof T]: Writable<T[K]> };

/** The same page with other data: what no small spec comes to. */
export function altered(
  { file }: SmallReport,
  alter: (data: Writable<ReportData>) => void,
): string {
  const [head, text, tail] = readFileSync(file, 'utf8').split(
    /(?<=id="report-data">)(.*?)(?=<\/script>)/s,
  );
  const data = JSON.parse(text ?? '') as Writable<ReportData>;
  alter(data);
  const other = fileWith(
    'index.html',
    `${head}${JSON.stringify(data).replaceAll('<', '\\u003c')}${tail}`,
  );
  return pathToFileURL(other).href;
}
