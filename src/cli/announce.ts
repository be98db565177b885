import { counterexampleTexts } from '../report/faces/terminal.js';
import { style } from '../report/style.js';
import { traceOf } from '../report/trace-of.js';
import type { Spec } from '../specs/spec.js';
import type { TaskResult } from '../verify/execute.js';
import type { Job } from '../verify/jobs.js';
import { surprises } from '../verify/surprises.js';
import { note } from './terminal.js';

/** Says of the first counterexample that no spec expects, as soon as it is found; the report may have a smaller one. */
export function announcer(specs: readonly Spec[]): (job: Job, result: TaskResult) => void {
  let said = false;
  return (job, result) => {
    if (said) return;
    for (const [spec, { invariant, release, counterexample }] of surprises(specs, job, result)) {
      if (counterexample === undefined) continue;
      said = true;
      note(`unexpected, ${spec.file}: ${invariant} broken on ${release}`);
      note(counterexampleTexts([traceOf(counterexample)], style(false)).join('\n'));
      return;
    }
  };
}
