import { counterexampleTexts } from '../report/faces/terminal.js';
import { style } from '../report/style.js';
import { traceOf } from '../report/trace-of.js';
import type { Spec } from '../specs/spec.js';
import type { TaskResult } from '../verify/execute.js';
import { type Job, jobKey, jobsOf } from '../verify/jobs.js';
import { reportOn, type Verdict } from '../verify/verdicts.js';
import { note } from './terminal.js';

/** What a piece of a search shows to be broken, and a spec says is not. */
function* unexpected(
  specs: readonly Spec[],
  key: string,
  result: TaskResult,
): Generator<readonly [Spec, Verdict]> {
  for (const spec of specs) {
    for (const check of spec.checks) {
      if (!jobsOf(check).some((job) => jobKey(job) === key)) continue;
      const report = reportOn(check, (other) => ({
        result: other === key ? result : undefined,
        complete: false,
      }));
      if (report.kind === 'compare') continue;
      for (const verdict of report.verdicts) {
        if (verdict.found === 'violated' && verdict.expected !== 'violated') yield [spec, verdict];
      }
    }
  }
}

/** Whether there is anything to look at: most pieces break nothing. */
const isBroken = (result: TaskResult): boolean =>
  'findings' in result.found && result.found.findings.some(({ broken }) => broken > 0);

/** Says of the first counterexample that no spec expects, as soon as it is found; the report may have a smaller one. */
export function announcer(specs: readonly Spec[]): (job: Job, result: TaskResult) => void {
  let said = false;
  return (job, result) => {
    if (said || !isBroken(result)) return;
    for (const [spec, { invariant, release, counterexample }] of unexpected(
      specs,
      jobKey(job),
      result,
    )) {
      if (counterexample === undefined) continue;
      said = true;
      note(`unexpected, ${spec.file}: ${invariant} broken on ${release}`);
      note(counterexampleTexts([traceOf(counterexample)], style(false)).join('\n'));
      return;
    }
  };
}
