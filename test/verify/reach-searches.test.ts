import { describe, expect, test } from 'vitest';
import type { ReachBounds } from '../../src/checker/bounds.js';
import { reach } from '../../src/checker/reach/reach.js';
import { foundOf, invariantFor, machineFor } from '../../src/verify/execute.js';
import { jobKey, type ReachJob } from '../../src/verify/jobs.js';
import { search } from '../../src/verify/search.js';
import { Todo } from '../../src/verify/todo.js';
import { unitsOf } from '../../src/verify/units.js';

// Reach searches as `verify` does them: in slices, several in one thread.

const BOUNDS: ReachBounds = {
  pages: 4,
  limit: 3,
  mmapCap: 3,
  classes: [
    { kind: 'anon', prot: 'r', populated: false },
    { kind: 'anon', prot: 'rw', populated: false },
  ],
  calls: ['mmap', 'munmap', 'mprotect', 'mremap'],
  mremap: { flags: [[], ['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'fits' },
  maxStates: 10_000,
};

const reachOf = (release: string, invariant: string, bounds = BOUNDS): ReachJob => ({
  kind: 'reach',
  release,
  bounds,
  invariants: [invariant],
});

const keyed = (...jobs: readonly ReachJob[]): Map<string, ReachJob> =>
  new Map(jobs.map((job) => [jobKey(job), job]));

const alone = ({ release, bounds, invariants }: ReachJob) =>
  reach(machineFor(release), bounds, invariants.map(invariantFor));

const HERE = { workers: 0, signal: new AbortController().signal };

describe('reach searches in one thread', () => {
  test('within the same bounds find what each finds alone, whoever is asked what of', async () => {
    const jobs = [
      reachOf('v5.1', 'limit-enomem-untouched'),
      reachOf('v7.1', 'limit-enomem-untouched'),
    ];
    const found = await search(keyed(...jobs), HERE);
    // The same again with another question: nothing is left of the first.
    const other = reachOf('v7.1', 'limit-held');
    const again = await search(keyed(other), HERE);
    const [a, b] = jobs.map((job) => foundOf(found.progressOf(jobKey(job)).result, 'reach'));
    expect([a, b]).toEqual(jobs.map(alone));
    expect(a).not.toEqual(b);
    expect(foundOf(again.progressOf(jobKey(other)).result, 'reach')).toEqual(alone(other));
  });

  test('tell of a breach when they have come to it, and not when they have been through', async () => {
    // Where mmap() has a limit of its own that is two above the other, the overshoot is soon there.
    const job = reachOf('v6.12', 'overshoot-at-most-one', { ...BOUNDS, limit: 1 });
    const told: (readonly [broken: boolean, complete: boolean])[] = [];
    await search(keyed(job), {
      ...HERE,
      onFound: (_, result) => {
        const found = foundOf(result, 'reach');
        told.push([(found?.findings[0]?.broken ?? 0) > 0, found?.complete === true]);
      },
    });
    expect(told[0]).toEqual([true, false]);
    expect(told.at(-1)).toEqual([true, true]);
  });

  test('are begun two at a time at most, since each has its states in memory', () => {
    const jobs = keyed(
      ...[2, 3, 4].map((pages) => reachOf('v7.1', 'limit-held', { ...BOUNDS, pages })),
    );
    const units = unitsOf(jobs);
    const todo = new Todo(units, [...units.keys()], { done: () => {}, merged: () => {} });
    // Each has its first state to hand out, and no other before that has come back.
    const handed = [todo.next(), todo.next(), todo.next()];
    expect(handed.map((one) => one?.task.job.bounds.pages)).toEqual([4, 3, undefined]);
  });
});
