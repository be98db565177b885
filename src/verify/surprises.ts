import type { Check, Spec } from '../specs/spec.js';
import type { TaskResult } from './execute.js';
import { type Job, jobKey, jobsOf } from './jobs.js';
import { reportOn, type Verdict } from './verdicts.js';

/** What was found broken that a check says is not: all else is left out, since to show a breach takes a search of its own. */
function surprising(check: Check, job: Job, result: TaskResult): TaskResult | undefined {
  if (check.check === 'compare' || !('release' in job && 'findings' in result.found)) {
    return undefined;
  }
  const { release } = job;
  const { expect } = check;
  const findings = result.found.findings.filter(
    ({ invariant, broken }) =>
      broken > 0 &&
      expect.some(
        (e) =>
          e.invariant === invariant &&
          e.verdict !== 'violated' &&
          (!('releases' in e) || e.releases.includes(release)),
      ),
  );
  if (findings.length === 0) return undefined;
  return { ...result, found: { ...result.found, findings } } as TaskResult;
}

/** What a piece of a search shows to be broken, and a spec says is not. */
export function* surprises(
  specs: readonly Spec[],
  job: Job,
  result: TaskResult,
): Generator<readonly [Spec, Verdict]> {
  const key = jobKey(job);
  for (const spec of specs) {
    for (const check of spec.checks) {
      const found = surprising(check, job, result);
      if (found === undefined || !jobsOf(check).some((one) => jobKey(one) === key)) continue;
      const report = reportOn(check, (other) => ({
        result: other === key ? found : undefined,
        complete: false,
      }));
      if (report.kind === 'compare') continue;
      for (const verdict of report.verdicts) {
        if (verdict.found === 'violated' && verdict.expected !== 'violated') yield [spec, verdict];
      }
    }
  }
}
