import type { Estimate, EstimatedSearch, Measured } from '../verify/estimate.js';
import type { Job } from '../verify/jobs.js';
import { VERSION } from './version.js';
import { grouped, plural, rangeText } from './words.js';

const significant = (n: number): string => (n >= 100 ? grouped(Math.round(n)) : n.toPrecision(2));

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [365.25 * 86400, 'years'],
  [86400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
  [1, 's'],
];

/** `3.1 hours ± 0.2`. */
function durationText({ value, error }: Measured): string {
  const [size, name] = UNITS.find(([seconds]) => value >= 2 * seconds) ?? [1, 's'];
  const digits = value / size >= 100 ? 0 : 1;
  return `${(value / size).toFixed(digits)} ${name} ± ${(error / size).toFixed(digits)}`;
}

const countText = (n: number): string => {
  const [size, name] = (
    [
      [1e12, ' T'],
      [1e9, ' G'],
      [1e6, ' M'],
    ] as const
  ).find(([s]) => n >= s) ?? [1, ''];
  return size === 1 ? grouped(Math.round(n)) : `${significant(n / size)}${name}`;
};

function nameOf({ kind, bounds }: Job): string {
  const name = `${kind}, ${bounds.pages} pages`;
  if ('limit' in bounds) return `${name}, limit ${bounds.limit}`;
  return 'limits' in bounds ? `${name}, limits ${rangeText(bounds.limits)}` : name;
}

const rowOf = ({ job, releases, units, spaces, calls, seconds }: EstimatedSearch): string[] => [
  nameOf(job),
  grouped(releases),
  grouped(units),
  countText(spaces),
  countText(calls.value),
  durationText(seconds),
];

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const MB = 2 ** 20;

/** What a run will take: a line for each kind of search, and the whole on so many workers. */
export function estimateText(found: Estimate, workers: number): string {
  const { searches, unknown, units, sample, calls, seconds } = found;
  const many = Math.max(1, workers);
  const total = { value: seconds.value / many, error: seconds.error / many };
  const head = ['search', 'releases', 'units', 'spaces', 'calls', 'one worker'];
  const rows = table([head, ...searches.map(rowOf)]);
  const reach = unknown.map(
    ({ job, bytes }) =>
      `${nameOf(job)}, ${job.release}:\n  not known before; at most ${grouped(job.bounds.maxStates)} states, ${grouped(Math.ceil(bytes / MB))} MB`,
  );
  return [
    ...(searches.length > 0 ? rows : []),
    ...(searches.length > 0 && reach.length > 0 ? [''] : []),
    ...reach,
    '',
    `${grouped(units)} units, ${countText(calls.value)} calls; on ${many} ${many === 1 ? 'worker' : 'workers'} ${durationText(total)}${reach.length > 0 ? ', reach aside' : ''}`,
    `(from ${plural(sample, 'sample')}, without the set-ups of what is found;`,
    ' ± is one standard error; workers that share a core are slower)',
  ].join('\n');
}

const jobJson = ({ kind, bounds }: Job): object => ({ search: kind, bounds });

/** The same for programs. */
export const estimateJson = ({ searches, unknown, ...whole }: Estimate): object => ({
  version: VERSION,
  ...whole,
  searches: searches.map(({ job, ...figures }) => ({ ...jobJson(job), ...figures })),
  unknown: unknown.map(({ job, bytes }) => ({ ...jobJson(job), release: job.release, bytes })),
});
