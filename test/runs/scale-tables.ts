import { type Desk, drawnUnits, fullFrom, simulate } from '../../bench/simulation.js';
import type { UnitTimes } from '../../bench/unit-times.js';
import { fullBounds, twoMovers } from '../../bench/workloads.js';
import type { EnumerateBounds, VmaClass } from '../../src/checker/bounds.js';
import type { Job } from '../../src/verify/jobs.js';
import { sizeOf } from '../../src/verify/size.js';
import { unitsOf } from '../../src/verify/units.js';

/** Calls a second of one worker among many (docs/performance.md: v7.2, seven pages). */
const RATE = 10e6;

/** Calls of one worker with one failure a call, and races: docs/scale.md says how they were measured. */
const FAILING_RATE = 0.8e6;
const RACE_RATE = 3.4e3;

const HOUR = 3600;

const CLASSES: readonly VmaClass[] = [
  { kind: 'anon', prot: 'r', populated: false },
  { kind: 'anon', prot: 'rw', populated: false },
  { kind: 'anon', prot: 'rw', populated: true },
  { kind: 'fshared', prot: 'rw', populated: false },
  { kind: 'fpriv', prot: 'rw', populated: true },
  { kind: 'shm', prot: 'rw', populated: false },
];

/** Six pages, four classes, all flags, limits 0 to 10. */
const base = fullBounds(6);

interface Size {
  readonly spaces: number;
  readonly calls: number;
}

function enumerated(bounds: EnumerateBounds): Size {
  const { spaces, each } = sizeOf({ kind: 'enumerate', release: 'v7.2', invariants: [], bounds });
  return { spaces, calls: spaces * each };
}

function raced(pages: number): Size {
  const job: Job = { kind: 'race', release: 'v7.2', invariants: [], bounds: twoMovers(pages) };
  const { spaces, each } = sizeOf(job);
  return { spaces, calls: spaces * each };
}

/** `1.23e+9`, or all of it. */
const short = (n: number): string =>
  n < 1e6 ? n.toLocaleString('en') : n.toExponential(2).replace('+', '');

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) =>
    Math.max(...rows.map((row) => (row[i] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** How the space and the calls grow with one bound while the others stay. */
export function growthTable(): string {
  const { calls } = enumerated(base);
  const row = (name: string, size: Size): string[] => [
    name,
    short(size.spaces),
    short(size.calls),
    (size.calls / calls).toPrecision(3),
  ];
  const varied = (name: string, change: Partial<EnumerateBounds>): string[] =>
    row(name, enumerated({ ...base, ...change }));
  return table([
    ['bound', 'address spaces', 'calls', 'of the first'],
    row('6 pages, 4 classes, limits 0 to 10', enumerated(base)),
    ...[4, 5, 7, 8, 9, 10, 12].map((pages) => row(`${pages} pages`, enumerated(fullBounds(pages)))),
    ...[1, 2, 6].map((n) =>
      varied(`${n} classes`.replace(/^1 classes/, '1 class'), { classes: CLASSES.slice(0, n) }),
    ),
    ...[1, 3].map((identities) =>
      varied(`${identities} identities a kind`.replace(/^1 identities/, '1 identity'), {
        identities,
      }),
    ),
    varied('file offsets -1, 0, 1', { displacements: [-1, 0, 1] }),
    ...[2, 3, 4].map((vmas) => varied(`at most ${vmas} VMAs`, { vmas })),
    varied('limits 0 to 20', { limits: [0, 20] }),
    varied('odd arguments too', { mremap: { ...base.mremap, odd: true } }),
    varied('MAYMOVE|FIXED alone', { mremap: { ...base.mremap, flags: [['MAYMOVE', 'FIXED']] } }),
  ]);
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [365.25 * 24 * HOUR, 'years'],
  [24 * HOUR, 'days'],
  [HOUR, 'h'],
  [60, 'min'],
  [1, 's'],
];

function time(seconds: number): string {
  const [unit, name] = UNITS.find(([length]) => seconds >= 2 * length) ?? ([1, 's'] as const);
  const many = seconds / unit;
  return `${many >= 100 ? many.toFixed(0) : many.toPrecision(2)} ${name}`;
}

const WORKERS = [1, 10, 100, 1000];

/** A kind of search, with the rate of one worker and what was measured of its units. */
interface Kind {
  readonly rate: number;
  readonly job: (pages: number) => Exclude<Job, { kind: 'reach' }>;
  readonly measured: string;
}

const of = { release: 'v7.2', invariants: [] } as const;

const ENUMERATE: Kind = {
  rate: RATE,
  job: (pages) => ({ kind: 'enumerate', ...of, bounds: fullBounds(pages) }),
  measured: 'enumerate',
};
const FAILING: Kind = {
  rate: FAILING_RATE,
  job: (pages) => ({ kind: 'enumerate', ...of, bounds: { ...fullBounds(pages), failures: 1 } }),
  measured: 'one failure',
};
const RACING: Kind = {
  rate: RACE_RATE,
  job: (pages) => ({ kind: 'race', ...of, bounds: twoMovers(pages) }),
  measured: 'two threads',
};

/** Measured: docs/scale.md says how. A start is that of Node with a connection and a first thread. */
const DESK: Desk = { cost: 0.0018, latency: 0.009 };
const START = 2;

const FLEETS = [10, 100, 1000, 10_000];

/** The same runs through a queue, simulated: units drawn from those that were measured. */
export function queueTable(unitTimes: readonly UnitTimes[]): string {
  const row = (name: string, { rate, job, measured }: Kind, pages: number): string[] => {
    const search = job(pages);
    const { spaces, each } = sizeOf(search);
    const units = unitsOf(new Map([['', search]])).length;
    const unit = (spaces * each) / rate / units;
    const { seconds } = unitTimes.find((one) => one.search === measured) as UnitTimes;
    const cells = FLEETS.map((workers) => {
      const drawn = drawnUnits(units, unit, seconds);
      const found = simulate(drawn, { workers, start: START }, DESK);
      return `${time(found.seconds)} ${(100 * found.efficiency).toFixed(0).padStart(3)} %`;
    });
    return [
      `${name}, ${pages} pages`,
      units.toLocaleString('en'),
      time(unit),
      fullFrom(unit, DESK).toLocaleString('en'),
      ...cells,
    ];
  };
  return table([
    ['', 'units', 'each', 'full from', ...FLEETS.map((n) => n.toLocaleString('en'))],
    ...[6, 7, 8, 9, 10, 12].map((n) => row('enumerate', ENUMERATE, n)),
    ...[6, 7, 8].map((n) => row('one failure', FAILING, n)),
    ...[4, 5].map((n) => row('two threads', RACING, n)),
  ]);
}

/** One release, by bounds: calls divided by the rate and by the workers. */
export function workersTable(): string {
  const row = (name: string, { calls }: Size, rate: number): string[] => [
    name,
    short(calls),
    ...WORKERS.map((workers) => time(calls / rate / workers)),
  ];
  const pages = [6, 7, 8, 9, 10, 12];
  return table([
    ['one release, 4 classes, limits 0 to 10', 'calls', ...WORKERS.map((n) => `${n}`)],
    ...pages.map((n) => row(`enumerate, ${n} pages`, enumerated(fullBounds(n)), RATE)),
    ...[4, 5, 6, 7, 8].map((n) =>
      row(`one failure a call, ${n} pages`, enumerated(fullBounds(n)), FAILING_RATE),
    ),
    ...[3, 4, 5].map((n) => row(`two threads, FIXED moves, ${n} pages`, raced(n), RACE_RATE)),
  ]);
}
