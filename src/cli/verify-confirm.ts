import { confirm } from '../conformance/confirm.js';
import type { Kernel } from '../conformance/kernel.js';
import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { traceOf } from '../report/trace-of.js';
import type { Verdict } from '../verify/verdicts.js';
import type { VerifyReport } from '../verify/verify.js';
import { releaseBeside } from './kernel.js';

/** The violations of a report found on one release, with their counterexamples. */
const violations = ({ specs }: VerifyReport, release: string): Verdict[] =>
  specs
    .flatMap(({ checks }) => checks)
    .flatMap((check) => (check.kind === 'compare' ? [] : check.verdicts))
    .filter((v) => v.release === release && v.counterexample !== undefined);

/** Replays on a kernel what was found of the release of its version; undefined if it was interrupted. */
export async function confirmVerdicts(
  kernel: Kernel,
  report: VerifyReport,
  signal: AbortSignal,
): Promise<ConfirmedVerdicts | undefined> {
  const release = releaseBeside(kernel, undefined);
  const verdicts = violations(report, release.id);
  const claims = verdicts.map((verdict) => {
    const { counterexample } = verdict;
    if (counterexample === undefined) throw new Error('a violation without a counterexample');
    return traceOf(counterexample);
  });
  const confirmations = await confirm(kernel, claims, () => release, signal);
  if (confirmations === undefined) return undefined;
  const answers = new Map(
    confirmations.flatMap(({ answer }, i) => {
      const verdict = verdicts[i];
      return verdict === undefined ? [] : [[verdict, answer] as const];
    }),
  );
  return { kernel, release: release.id, answers };
}
