import { readFileSync } from 'node:fs';
import { invariants } from '../../src/invariants/index.js';
import { releases } from '../../src/model/releases/index.js';
import { breachesOf, tracesIn } from '../../src/trace/read.js';
import type { BreachTrace, Trace } from '../../src/trace/trace.js';
import { cli, fileWith } from '../cli/run-cli.js';

/** Bounds so small that all is searched in seconds, with everything in them that a trace can be about. */
const ENUMERATED: readonly [string, object, (readonly string[])?][] = [
  [
    'near the limit',
    { pages: 3, vmas: 2, classes: ['anon r', 'anon rw populated'], limits: [0, 6] },
  ],
  ['odd arguments', { pages: 3, vmas: 2, classes: ['anon r'], limits: [3, 8], arguments: 'any' }],
  [
    'all kinds',
    {
      pages: 4,
      vmas: 2,
      classes: ['special rw', 'hugetlb rw', 'fshared r', 'shm rw'],
      limits: [6, 7],
    },
  ],
  [
    'several VMAs at once',
    {
      pages: 9,
      vmas: 2,
      classes: ['anon r', 'anon rw'],
      limits: [5, 8],
      flags: [['MAYMOVE', 'FIXED']],
      lengths: 'equal',
      destinations: 'fits',
    },
    ['v7.3'],
  ],
  ['sealed', { pages: 4, vmas: 2, classes: ['anon rw', 'anon rw sealed'], limits: [2, 6] }],
  [
    'armed and locked',
    { pages: 3, vmas: 2, classes: ['anon rw armed', 'anon rw populated locked'], limits: [8, 8] },
  ],
  [
    'away',
    {
      pages: 3,
      vmas: 2,
      classes: ['fpriv rw', 'fpriv rw populated', 'fpriv rw populated away'],
      limits: [5, 8],
    },
    ['v7.3'],
  ],
  [
    'failures',
    {
      pages: 3,
      vmas: 2,
      classes: ['anon rw populated', 'fshared r'],
      limits: [12, 12],
      failures: 1,
    },
  ],
  [
    'limits of the process',
    {
      pages: 3,
      vmas: 1,
      classes: ['anon rw populated locked'],
      limits: [12, 12],
      rlimitAs: 2,
      rlimitMemlock: 1,
      commitLimit: 2,
    },
  ],
  [
    'huge munmap',
    { pages: 4, vmas: 2, classes: ['hugetlb rw', 'anon rw'], limits: [1, 4], calls: ['munmap'] },
  ],
];

const MOVES = {
  calls: ['mremap'],
  flags: [['MAYMOVE', 'FIXED']],
  lengths: 'equal',
  destinations: 'fits',
};
const RACES: readonly [string, object][] = [
  [
    'two threads and a reader',
    {
      pages: 3,
      vmas: 1,
      classes: ['anon rw'],
      limits: [6, 8],
      threads: [MOVES, { calls: ['munmap'] }, { reader: true }],
    },
  ],
  [
    'a lowered limit',
    {
      pages: 3,
      vmas: 2,
      classes: ['anon rw'],
      limits: [2, 8],
      threads: [MOVES, { sysctl: 'lower' }],
    },
  ],
];

/** That of user-mode Linux as Debian has it, on which reproducers are run. */
export const UML_RELEASE = 'v6.1';

/** Every third release, the last among them: enough to meet every form that a trace takes. */
const ids = releases.filter(({ id }, i) => i % 3 === 2 || id === UML_RELEASE).map(({ id }) => id);
const isOfRace = (id: string): boolean => /^(race|reader|sysctl)-/.test(id);

const expecting = (ofRace: boolean, on: readonly string[]) =>
  invariants
    .filter(({ id }) => isOfRace(id) === ofRace)
    .map(({ id }) => ({ invariant: id, releases: on, verdict: 'holds', because: 'It is asked.' }));

const SPEC = {
  spec: 1,
  title: 'All that breaks something',
  question: 'What breaks?',
  answer: 'Much.',
  sources: [{ ref: 'none', says: 'nothing' }],
  checks: [
    ...ENUMERATED.map(([title, bounds, on = ids]) => ({
      check: 'enumerate',
      title,
      bounds,
      expect: expecting(false, on),
    })),
    ...RACES.map(([title, bounds]) => ({
      check: 'race',
      title,
      bounds,
      expect: expecting(true, ids),
    })),
    {
      check: 'reach',
      title: 'from an empty window',
      release: 'v2.6.33',
      bounds: {
        classes: ['anon r', 'anon rw'],
        calls: ['mmap', 'munmap', 'mremap'],
        destinations: 'fits',
      },
      runs: [{ pages: 3, limit: 3 }],
      expect: expecting(false, ['v2.6.33']),
    },
    {
      check: 'compare',
      title: 'two releases',
      releases: ['v6.17', 'v7.1'],
      bounds: { pages: 3, classes: ['anon r'], limits: [0, 8] },
      expect: [],
    },
  ],
};

/** What `verify --json` says of the spec, and its text. */
async function verified(): Promise<string> {
  const { code, stdout, stderr } = await cli([
    'verify',
    '--json',
    '--quiet',
    fileWith('spec.json', JSON.stringify(SPEC)),
  ]);
  if (code !== 1) throw new Error(`verify exits with ${code}: ${stderr}`);
  return stdout;
}

let read: Promise<readonly Trace[]> | undefined;

async function traces(): Promise<readonly Trace[]> {
  const file = process.env['TRACES'];
  const text = file === undefined ? await verified() : readFileSync(file, 'utf8');
  return tracesIn(JSON.parse(text), file ?? 'report');
}

/**
 * Hundreds of traces of every kind, as `verify --json` writes them: of a small spec, or of the report that
 * TRACES names, such as one of all specs.
 */
export function allTraces(): Promise<readonly Trace[]> {
  read ??= traces();
  return read;
}

export const allBreaches = async (): Promise<BreachTrace[]> => breachesOf(await allTraces());
