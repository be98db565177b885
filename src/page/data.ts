import type { ReportData, VerdictData } from '../html/data.js';
import { releases } from '../model/releases/index.js';

/** What the command put into the page. */
function embedded(): ReportData {
  const text = document.getElementById('report-data')?.textContent ?? '';
  if (text.trim() === '') throw new Error('this page has no data: mremap-check report makes it');
  return JSON.parse(text) as ReportData;
}

export const data = embedded();

/** A verdict with the question that asked for it. */
export interface Asked extends VerdictData {
  readonly spec: (typeof data.specs)[number];
  readonly check: Exclude<(typeof data.specs)[number]['checks'][number], { kind: 'compare' }>;
}

const asked: readonly Asked[] = data.specs.flatMap((spec) =>
  spec.checks.flatMap((check) =>
    check.kind === 'compare' ? [] : check.verdicts.map((verdict) => ({ ...verdict, spec, check })),
  ),
);

const keyOf = (invariant: string, release: string): string => `${invariant}/${release}`;

const cells = new Map<string, Asked[]>();
for (const one of asked) {
  const key = keyOf(one.invariant, one.release);
  cells.set(key, [...(cells.get(key) ?? []), one]);
}

/** All verdicts of a cell; none where no spec asks. */
export const verdictsAt = (invariant: string, release: string): readonly Asked[] =>
  cells.get(keyOf(invariant, release)) ?? [];

const ids = releases.map(({ id }) => id);
const used = new Set(asked.map(({ release }) => release));

/** The releases that are asked about, oldest first. */
export const columns: readonly string[] = ids.filter((id) => used.has(id));
/** Releases with other count checks, and patched ones. */
export const variants: readonly string[] = [...used].filter((id) => !ids.includes(id)).sort();
export const rows = data.invariants.filter(({ id }) => asked.some((v) => v.invariant === id));

/** All that any call can be run on here. */
export const runnable: readonly string[] = [...ids, ...variants].filter(
  (id) => !data.patched.some((patched) => patched.id === id),
);

/** A class of differences with the two releases it is between. */
export const comparisons = data.specs.flatMap((spec) =>
  spec.checks.flatMap((check) => (check.kind === 'compare' ? [{ ...check, spec }] : [])),
);
export type Comparison = (typeof comparisons)[number];
