import { describe, expect, test } from 'vitest';
import { reach } from '../../src/checker/reach/reach.js';
import { parseSpec } from '../../src/specs/load.js';
import type { ReachCheck, Spec } from '../../src/specs/spec.js';
import { execute, invariantFor, machineFor } from '../../src/verify/execute.js';
import { headroom } from '../../src/verify/headroom.js';
import { jobKey, jobsOf, planJobs } from '../../src/verify/jobs.js';
import type { Runner } from '../../src/verify/pool.js';
import { isComplete, isUnexpected, type ReachReport, reportOn } from '../../src/verify/verdicts.js';
import { specText } from '../support/specs.js';

const expected = (invariant: string) => ({
  invariant,
  releases: ['v6.12'],
  verdict: 'holds',
  because: 'It is so.',
});

/** Two runs of one page and of two, with the numbers of the first wrong if `states` is. */
function specOf(states: number, invariant = 'limit-held'): Spec {
  const text = specText((s) => {
    s.checks[0] = {
      check: 'reach',
      title: 'Two',
      release: 'v6.12',
      bounds: { classes: ['anon r'], calls: ['mmap', 'munmap'] },
      runs: [
        { pages: 1, limit: 2, states },
        { pages: 2, limit: 2 },
      ],
      expect: [expected(invariant)],
    };
  });
  return parseSpec(text, 'spec.json', false);
}

/** The report where so many of the runs are done. */
function reported(spec: Spec, done: number): ReachReport {
  const [check] = spec.checks as [ReachCheck];
  const progress = new Map(
    jobsOf(check).flatMap((job, i) => {
      if (job.kind !== 'reach' || i > done) return [];
      const found = reach(machineFor(job.release), job.bounds, job.invariants.map(invariantFor));
      return [[jobKey(job), { result: { kind: 'reach', found }, complete: i < done }] as const];
    }),
  );
  const nothing = { result: undefined, complete: false };
  return reportOn(check, (key) => progress.get(key) ?? nothing) as ReachReport;
}

const wordsOf = ({ verdicts }: ReachReport): string[] => verdicts.map(({ found }) => found);

describe('a reach check of two runs', () => {
  test('knows its verdict when both are done, and its numbers as they come', () => {
    // One page is mapped or it is not.
    const all = reported(specOf(2), 2);
    expect([wordsOf(all), isComplete(all), isUnexpected(all)]).toEqual([['holds'], true, false]);
    const one = reported(specOf(2), 1);
    expect([wordsOf(one), isComplete(one), isUnexpected(one)]).toEqual([['unknown'], false, false]);
  });

  test('has wrong numbers where a run is done, and not before', () => {
    expect(reported(specOf(3), 1).runs.map(({ wrong }) => wrong)).toEqual([['states'], []]);
    expect(isUnexpected(reported(specOf(3), 1))).toBe(true);
    expect(reported(specOf(3), 0).runs.map(({ wrong }) => wrong)).toEqual([[], []]);
    expect(isUnexpected(reported(specOf(3), 0))).toBe(false);
  });
});

test('of windows one after the other, those alone count that were searched to the end', async () => {
  let searches = 0;
  // Does all of the first search and a piece of the second.
  const runner: Runner = async (source) => {
    const most = searches++ === 0 ? Number.POSITIVE_INFINITY : 1;
    for (let done = 0; done < most; done++) {
      const handed = source.next();
      if (handed === undefined) return;
      source.take(handed.number, execute(handed.task));
    }
  };
  const { signal } = new AbortController();
  const question = { release: 'v7.1', windows: [3, 5] };
  const { bounds, rows, complete } = await headroom(question, { workers: 0, signal, runner });
  expect([bounds?.pages, complete]).toEqual([3, false]);
  // A window of three pages has no smaller one beside it.
  expect(rows.map(({ since }) => since)).toEqual(rows.map(() => undefined));
  expect(rows.length).toBeGreaterThan(0);
});

test('what several specs ask of one search is asked in it, each once', () => {
  const jobs = planJobs([specOf(2), specOf(2, 'well-formed'), specOf(2)]);
  const asked = [...jobs.values()].map((job) => ('invariants' in job ? job.invariants : []));
  expect(asked).toEqual([
    ['limit-held', 'well-formed'],
    ['limit-held', 'well-formed'],
  ]);
});
