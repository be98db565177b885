import { describe, expect, test } from 'vitest';
import type { EnumerateCheck, Spec, VerdictWord } from '../../src/specs/spec.js';
import { execute, type TaskResult } from '../../src/verify/execute.js';
import { jobsOf } from '../../src/verify/jobs.js';
import { surprises } from '../../src/verify/surprises.js';
import { synthesisBounds } from '../../src/verify/synthesis.js';

// A piece of a search is looked at as soon as it is done, on the thread that hands out the others: to show a
// breach takes a search for a history, which only one that nobody expects is worth.

const RELEASE = 'v2.6.33';
const INVARIANT = 'limit-enomem-untouched';

function specOf(verdict: VerdictWord, releases: readonly string[] = [RELEASE]): Spec {
  const check: EnumerateCheck = {
    check: 'enumerate',
    title: 'T',
    bounds: { ...synthesisBounds(3), vmas: 1, limits: [1, 1] },
    expect: [
      { invariant: INVARIANT, releases, verdict, because: 'B' },
      { invariant: 'limit-held', releases: [RELEASE], verdict: 'violated', because: 'B' },
    ],
  };
  const words = { title: 'T', question: 'Q', answer: 'A', sources: [] };
  return { file: 's.json', path: '/s.json', text: '{}', ...words, checks: [check] };
}

/** The job of the release in a spec, and what it finds. */
function searched({ checks }: Spec) {
  const job = checks.flatMap(jobsOf).find((one) => 'release' in one && one.release === RELEASE);
  if (job === undefined) throw new Error('no job');
  return { job, result: execute({ job, part: 0, parts: 1 }) };
}

/** The same, of which no witness may be looked at. */
const untouchable = (result: TaskResult): TaskResult => {
  if (!('findings' in result.found)) throw new Error('no findings');
  const findings = result.found.findings.map((finding) =>
    Object.defineProperty({ ...finding }, 'witnesses', {
      get: () => {
        throw new Error('looked at a witness');
      },
    }),
  );
  return { ...result, found: { ...result.found, findings } } as TaskResult;
};

describe('what a piece of a search shows', () => {
  test('is told, with a call that shows it, where a spec says that it holds', () => {
    const spec = specOf('holds');
    const { job, result } = searched(spec);
    const [first, ...further] = [...surprises([spec], job, result)];
    expect(further).toEqual([]);
    expect(first?.[0]).toBe(spec);
    expect(first?.[1]).toMatchObject({ invariant: INVARIANT, release: RELEASE });
    expect(first?.[1].counterexample).toBeDefined();
  });

  test('is not looked at where every spec expects it', () => {
    const spec = specOf('violated');
    const { job, result } = searched(spec);
    expect([...surprises([spec, spec], job, untouchable(result))]).toEqual([]);
  });

  test('is looked at for the release alone that it is of', () => {
    const spec = specOf('violated');
    const other = specOf('holds', ['v6.12']);
    const { job, result } = searched(spec);
    expect([...surprises([spec, other], job, untouchable(result))]).toEqual([]);
  });
});
