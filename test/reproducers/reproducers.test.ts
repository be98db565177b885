import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { imageVersion } from '../../src/kernels/image.js';
import { programFile } from '../../src/kernels/programs.js';
import { UML } from '../../src/kernels/uml.js';
import type { BreachTrace } from '../../src/trace/trace.js';
import { allBreaches, UML_RELEASE } from '../trace/violations.js';
import { chosenReproducers } from './chosen.js';
import {
  type KernelRun,
  releaseOfName,
  reproducersDocument,
  shownBothWays,
  unconfirmed,
} from './document.js';
import { archive, runGuest } from './guests.js';

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const kept = (): KernelRun[] => JSON.parse(readFileSync(pathOf('reproducers.json'), 'utf8'));

const UPDATE = process.env['UPDATE_DOCS'] === '1';
const IMAGES = (process.env['KERNEL_IMAGES'] ?? '').split(':').filter((file) => file !== '');
/** Minutes for all guests together, emulated. */
const LONG = 3_600_000;

const umlVersion = (): string => spawnSync(UML, ['--version'], { encoding: 'utf8' }).stdout.trim();

async function runOn(kernel: string, initramfs: Buffer): Promise<KernelRun> {
  const results = await runGuest(kernel, initramfs);
  return {
    version: kernel === 'uml' ? umlVersion() : imageVersion(kernel),
    date: new Date().toISOString().slice(0, 10),
    results: Object.fromEntries(
      [...results].map(([name, { root, nobody }]) => [name, { root, nobody }]),
    ),
  };
}

/** In the order of their versions, one run a kernel. */
function keep(run: KernelRun): void {
  const others = kept().filter(({ version }) => version !== run.version);
  const runs = [...others, run].sort((a, b) =>
    a.version.localeCompare(b.version, 'en', { numeric: true }),
  );
  writeFileSync(pathOf('reproducers.json'), `${JSON.stringify(runs, null, 2)}\n`);
}

/** User-mode Linux has none, and skips what needs them. */
const withoutHugePages = async (): Promise<BreachTrace[]> =>
  (await allBreaches()).filter((trace) => !JSON.stringify(trace).includes('hugetlb'));

/** Of the kernel's own release and of the newest, so few that a guest is done with them in seconds. */
function few(all: ReadonlyMap<string, string>): Map<string, string> {
  const of = (release: string): [string, string][] =>
    [...all].filter(([name]) => releaseOfName(name) === release).slice(0, 8);
  return new Map([...of(UML_RELEASE), ...of('v7.3')]);
}

describe('reproducers in C', () => {
  test.skipIf(programFile(UML) === undefined)(
    'show on user-mode Linux what is broken there, and keep what is not',
    async () => {
      const run = await runOn('uml', archive(few(chosenReproducers(await withoutHugePages()))));
      const own = Object.entries(run.results).filter(
        ([name]) => releaseOfName(name) === UML_RELEASE,
      );
      expect(own.length).toBeGreaterThan(3);
      for (const [name, result] of own) {
        expect([name, result]).toEqual([name, { root: 'not ok', nobody: 'not ok' }]);
      }
      const others = Object.values(run.results);
      expect(others.some(({ root, nobody }) => root === 'ok' && nobody === 'ok')).toBe(true);
      expect(others.some(({ root }) => root === 'broke down')).toBe(false);
    },
    LONG,
  );

  test.skipIf(IMAGES.length === 0)(
    'show on kernel images what is broken there',
    async () => {
      const initramfs = archive(chosenReproducers(await allBreaches()));
      const refuted: string[] = [];
      for (const kernel of ['uml', ...IMAGES]) {
        const run = await runOn(kernel, initramfs);
        if (UPDATE) keep(run);
        refuted.push(...unconfirmed(run).map((name) => `${name} on ${run.version}`));
      }
      expect(refuted).toEqual([]);
    },
    LONG,
  );
});

describe('docs/reproducers.md', () => {
  test('is what the results say', () => {
    const text = reproducersDocument(kept());
    if (UPDATE) writeFileSync(pathOf('reproducers.md'), text);
    expect(readFileSync(pathOf('reproducers.md'), 'utf8')).toBe(text);
  });

  test('has at least eight reproducers of four releases that one kernel shows and another does not', () => {
    const both = shownBothWays(kept());
    expect(both.length).toBeGreaterThanOrEqual(8);
    expect(new Set(both.map(releaseOfName)).size).toBeGreaterThanOrEqual(4);
  });
});
