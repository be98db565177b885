import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { counterOf, isOfPrecedence } from '../../src/conformance/evidence.js';
import { releaseOf } from '../../src/conformance/release-of.js';
import { imageVersion } from '../../src/kernels/image.js';
import { programFile } from '../../src/kernels/programs.js';
import { UML } from '../../src/kernels/uml.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { cText } from '../../src/report/faces/c.js';
import type { BreachTrace } from '../../src/trace/trace.js';
import { bounds, chargeOfNoVma, claim, enumerated, READ_ONLY } from '../support/claims.js';
import { isBroken } from '../support/is-broken.js';
import { allBreaches, UML_RELEASE } from '../trace/violations.js';
import { chosenReproducers, named, sourcesOf } from './chosen.js';
import { type KernelRun, releaseOfName, reproducersDocument, shownBothWays } from './document.js';
import { archive, type Result, runGuest } from './guests.js';

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
function few(traces: readonly BreachTrace[]): Map<string, BreachTrace> {
  const shown = [...named(traces).values()];
  const of = (id: string): BreachTrace[] => {
    const own = shown.filter(({ release }) => release === id);
    return [...new Map(own.map((trace) => [trace.invariant, trace])).values()].slice(0, 8);
  };
  return named([...of(UML_RELEASE), ...of('v7.3')]);
}

/** What a kernel says of reproducers that the release which it behaves as does not; skipped is not said. */
function contradicted(run: KernelRun, claims: ReadonlyMap<string, BreachTrace>): string[] {
  const release = releaseOf(run.version)?.id ?? '';
  return Object.entries(run.results).flatMap(([name, { root, nobody }]) => {
    const claim = claims.get(name);
    if (claim?.kind !== 'call' || claim.setup === null) return [];
    const right: Result = isBroken(release, claim) ? 'not ok' : 'ok';
    return [root, nobody]
      .filter((result) => result !== right && result !== 'skip')
      .map((result) => `${name} on ${run.version}: ${result}`);
  });
}

describe('reproducers in C', () => {
  test.skipIf(programFile(UML) === undefined)(
    'show on user-mode Linux what is broken there, and keep what is not',
    async () => {
      const chosen = few(await withoutHugePages());
      const run = await runOn('uml', archive(sourcesOf(chosen)));
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

  test.skipIf(programFile(UML) === undefined)(
    'of counters and of errnos call broken on user-mode Linux what its release breaks, and nothing else',
    async () => {
      const claims = named(
        [chargeOfNoVma(), ...(await withoutHugePages())].filter(
          ({ invariant }) => counterOf(invariant) !== undefined || isOfPrecedence(invariant),
        ),
      );
      const run = await runOn('uml', archive(sourcesOf(claims)));
      expect(contradicted(run, claims)).toEqual([]);
      const said = new Set(Object.values(run.results).map(({ root }) => root));
      expect([...said]).toEqual(expect.arrayContaining(['ok', 'not ok']));
    },
    LONG,
  );

  test.skipIf(programFile(UML) === undefined)(
    'call an errno broken only where it is another with map slots to spare, as on their release',
    async () => {
      const within = bounds({ classes: [{ ...READ_ONLY, kind: 'fshared' }], vmas: 1 });
      const own = cText(
        claim(enumerated(UML_RELEASE, 'errno-precedence-stable', within)),
        releaseByRef,
      );
      const other = own.replace('#define WITH_ROOM (-EFAULT)', '#define WITH_ROOM (-EINVAL)');
      expect(other).not.toBe(own);
      const { results } = await runOn('uml', archive(new Map(Object.entries({ own, other }))));
      expect(results).toEqual({
        other: { root: 'ok', nobody: 'ok' },
        own: { root: 'not ok', nobody: 'not ok' },
      });
    },
    LONG,
  );

  test.skipIf(IMAGES.length === 0)(
    'show on kernel images what is broken there, and nothing else',
    async () => {
      const chosen = chosenReproducers(await allBreaches());
      const initramfs = archive(sourcesOf(chosen));
      const wrong: string[] = [];
      for (const kernel of ['uml', ...IMAGES]) {
        const run = await runOn(kernel, initramfs);
        if (UPDATE) keep(run);
        wrong.push(...contradicted(run, chosen));
      }
      expect(wrong).toEqual([]);
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
