import type { Spec } from '../specs/spec.js';
import { planJobs } from './jobs.js';
import { type SearchOptions, search } from './search.js';
import { type CheckReport, isComplete, isUnexpected, reportOn } from './verdicts.js';

/** One spec with what its checks found. */
export interface SpecReport {
  readonly spec: Spec;
  readonly checks: readonly CheckReport[];
}

export interface VerifyReport {
  readonly specs: readonly SpecReport[];
  /** Calls made in all searches together. */
  readonly transitions: number;
  readonly complete: boolean;
  readonly asExpected: boolean;
}

/** Does the searches of all specs, each once, and judges what they found. */
export async function verify(
  specs: readonly Spec[],
  options: SearchOptions,
): Promise<VerifyReport> {
  const { progressOf, transitions } = await search(planJobs(specs), options);
  const reports = specs.map((spec) => ({
    spec,
    checks: spec.checks.map((check) => reportOn(check, progressOf)),
  }));
  const checks = reports.flatMap((report) => report.checks);
  return {
    specs: reports,
    transitions,
    complete: checks.every(isComplete),
    asExpected: !checks.some(isUnexpected),
  };
}
