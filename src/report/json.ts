import type { FoundKernel } from '../conformance/found-kernel.js';
import type { Invariant } from '../invariants/invariant.js';
import { changesOf } from '../model/changes.js';
import type { Release } from '../model/release.js';
import type { Step } from '../model/step.js';
import { breachShown, type Sensitivity, type SensitivityReport } from '../verify/sensitivity.js';
import type { CheckReport, Verdict } from '../verify/verdicts.js';
import type { VerifyReport } from '../verify/verify.js';
import { boundsText, enumerateBoundsText, raceBoundsText } from './bounds.js';
import { answerJson } from './confirm-json.js';
import type { ConfirmedVerdicts } from './confirmed.js';
import { differenceTraceOf, traceOf } from './trace-of.js';
import { VERSION } from './version.js';

function verdictJson(
  verdict: Verdict,
  bounds: string | null,
  confirmed: ConfirmedVerdicts | undefined,
): object {
  const { counterexample, ...said } = verdict;
  const answer = confirmed?.answers.get(verdict);
  return {
    ...said,
    asExpected: verdict.found === verdict.expected,
    counterexample: counterexample === undefined ? null : traceOf(counterexample, bounds),
    ...(answer === undefined ? {} : { confirmation: answerJson(answer) }),
  };
}

function breachBounds({ breach }: Sensitivity): string | null {
  if (breach === undefined) return null;
  const { search } = breach;
  return search.kind === 'race'
    ? raceBoundsText(search.bounds)
    : enumerateBoundsText(search.bounds);
}

function checkJson(report: CheckReport, confirmed: ConfirmedVerdicts | undefined): object {
  const { title } = report.check;
  if (report.kind === 'compare') {
    const { check, classes, spaces, transitions, complete } = report;
    return {
      check: 'compare',
      title,
      releases: check.releases,
      bounds: check.bounds,
      spaces,
      transitions,
      complete,
      classes: classes.map(({ state, found, smallest, expected }) => ({
        state,
        shape: (found ?? expected)?.shape,
        from: (found ?? expected)?.from,
        to: (found ?? expected)?.to,
        headroom: found?.headroom ?? null,
        expectedHeadroom: expected?.headroom ?? null,
        count: found?.count ?? 0,
        because: expected?.because ?? null,
        smallest: smallest === undefined ? null : differenceTraceOf(smallest, boundsText(report)),
      })),
    };
  }
  const verdicts = report.verdicts.map((verdict) =>
    verdictJson(verdict, boundsText(report), confirmed),
  );
  if (report.kind === 'enumerate' || report.kind === 'race') {
    return {
      check: report.kind,
      title,
      bounds: report.check.bounds,
      searches: report.searches,
      verdicts,
    };
  }
  const runs = report.runs.map(({ run, ...found }) => ({
    bounds: run.bounds,
    expected: run.numbers,
    ...found,
  }));
  return { check: 'reach', title, runs, verdicts };
}

/** A verification, for programs. Holds no times, so that equal runs give equal bytes. */
export const verifyJson = (
  { specs, transitions, complete, asExpected }: VerifyReport,
  confirmed?: ConfirmedVerdicts,
): object => ({
  version: VERSION,
  ...(confirmed === undefined
    ? {}
    : { confirmedOn: { name: confirmed.kernel.name, version: confirmed.kernel.version } }),
  complete,
  asExpected,
  transitions,
  specs: specs.map(({ spec, checks }) => ({
    file: spec.file,
    title: spec.title,
    question: spec.question,
    answer: spec.answer,
    sources: spec.sources,
    checks: checks.map((check) => checkJson(check, confirmed)),
  })),
});

/** What it takes to break each invariant on each release; `bounds` of a rung are those of its searches. */
export const sensitivityJson = ({
  question,
  cells,
  transitions,
  complete,
}: SensitivityReport): object => ({
  version: VERSION,
  complete,
  transitions,
  ladder: question.ladder.map(({ id, takes, needs, searches }) => ({
    rung: id,
    takes,
    needs: needs ?? null,
    searches: searches.map(({ kind, bounds }) => ({ check: kind, bounds })),
  })),
  cells: cells.map((cell) => {
    const { invariant, release, found, applied, breach } = cell;
    const counterexample = breachShown(cell);
    return {
      invariant,
      release,
      found,
      applied,
      rung: breach?.rung.id ?? null,
      counterexample:
        counterexample === undefined ? null : traceOf(counterexample, breachBounds(cell)),
    };
  }),
});

const stepJson = ({
  name,
  kernel,
  does,
  errnos,
  mayFail,
  takesLock,
  count,
  when,
  repeatFrom,
}: Step): object => ({
  name,
  kernel,
  does,
  errnos: errnos ?? [],
  mayFail: mayFail?.map((point) => ({ kernel: point.kernel, errno: point.errno })) ?? [],
  takesLock: takesLock ?? false,
  headroom: count ?? null,
  when: when?.map((guard) => guard.name) ?? [],
  repeatFrom: repeatFrom ?? null,
});

export const releasesJson = (releases: readonly Release[]): object => ({
  version: VERSION,
  releases: releases.map((release) => {
    const { id, covers, changes, sources, kernels, base, calls } = release;
    return {
      id,
      base: base?.id ?? null,
      edits: changesOf(release),
      covers,
      changes,
      sources,
      kernels,
      mremap: calls.mremap.map(stepJson),
    };
  }),
});

export const invariantsJson = (invariants: readonly Invariant[]): object => ({
  version: VERSION,
  invariants: invariants.map(({ id, statement, source }) => ({ id, statement, source })),
});

/** What is not known, or not missing, is null. */
export const kernelsJson = (kernels: readonly FoundKernel[]): object => ({
  version: VERSION,
  kernels: kernels.map(({ name, version, release, missing }) => ({
    name,
    version: version ?? null,
    release: release ?? null,
    missing: missing ?? null,
  })),
});
