import { expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import type { Job } from '../../src/verify/jobs.js';
import { sizeOf } from '../../src/verify/size.js';
import { unitsOf } from '../../src/verify/units.js';

const bounds = (pages: number, limits: readonly [number, number]): EnumerateBounds => ({
  pages,
  classes: [
    { kind: 'anon', prot: 'r', populated: false },
    { kind: 'anon', prot: 'rw', populated: true },
  ],
  vmas: pages,
  identities: 1,
  displacements: [0],
  limits,
  mremap: {
    flags: [[], ['MAYMOVE'], ['MAYMOVE', 'FIXED']],
    lengths: 'any',
    destinations: 'fits',
  },
});

const jobs = (
  [
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
    [5, 4],
    [6, 4],
    [7, 400],
  ] as const
).map(
  ([pages, limit]) =>
    ({
      kind: 'enumerate',
      release: 'v6.12',
      bounds: bounds(pages, [0, limit]),
      invariants: [],
    }) as const,
);

const piecesOf = (job: Job): number => unitsOf(new Map([['', job]])).length;

test('the longer a search, the more pieces: one of a short one, and none shorter than its beginning', () => {
  const pieces = jobs.map(piecesOf);
  expect(pieces.slice(0, 2)).toEqual([1, 1]);
  expect(pieces).toEqual([...pieces].sort((a, b) => a - b));
  expect(pieces).toContain(16);
  expect(pieces.at(-1)).toBeGreaterThan(16);
  for (const [i, job] of jobs.entries()) {
    const { spaces, each } = sizeOf(job);
    const calls = (spaces * each) / (pieces[i] as number);
    if (pieces[i] !== 1) expect(calls).toBeGreaterThan(100_000);
    expect(pieces[i]).toBeLessThanOrEqual(spaces);
  }
});

test('all pieces of all searches are numbered, each once', () => {
  const all = unitsOf(new Map(jobs.map((job) => [`${job.bounds.pages}`, job])));
  for (const [i, job] of jobs.entries()) {
    const parts = all.filter((unit) => unit.job === i).map(({ task }) => task);
    expect(parts.map(({ part }) => part)).toEqual([...parts.keys()]);
    expect(parts.every((task) => task.parts === parts.length && task.job === job)).toBe(true);
  }
});
