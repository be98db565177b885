import type { Counterexample, ShownCall } from '../checker/counterexample.js';
import type { Difference } from '../checker/difference.js';
import type { Moment } from '../checker/interleaving.js';
import type { RaceCounterexample } from '../checker/race-counterexample.js';
import type { FoundKernel } from '../conformance/found-kernel.js';
import type { Invariant } from '../invariants/invariant.js';
import { type Call, flagNames } from '../model/calls.js';
import { changesOf } from '../model/changes.js';
import type { Release } from '../model/release.js';
import type { Step } from '../model/step.js';
import {
  displacementOf,
  idOf,
  isAccounted,
  isArmed,
  isLocked,
  isSealed,
  kindName,
  pagesOf,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';
import { breachShown, type SensitivityReport } from '../verify/sensitivity.js';
import type { CheckReport, Verdict } from '../verify/verdicts.js';
import type { VerifyReport } from '../verify/verify.js';
import { answerJson } from './confirm-json.js';
import type { ConfirmedVerdicts } from './confirmed.js';
import { VERSION } from './version.js';
import { resultText } from './words.js';

const vmaJson = (vma: Vma): object => ({
  start: startOf(vma),
  pages: pagesOf(vma),
  kind: kindName(vma),
  prot: protName(vma),
  offset: startOf(vma) + displacementOf(vma),
  identity: idOf(vma),
  accounted: isAccounted(vma),
  locked: isLocked(vma),
  sealed: isSealed(vma),
  armed: isArmed(vma),
});

/** A call as scenarios write it. */
const callJson = (call: Call): object =>
  call.call === 'mremap' ? { ...call, flags: flagNames(call.flags) } : call;

/** A call with all that is needed to repeat it. */
export const shownCallJson = (c: ShownCall): object => ({
  explanation: c.explanation,
  pages: c.pages,
  maxMapCount: c.limit,
  limits: c.within,
  setup: c.history.calls?.map(callJson) ?? null,
  setupExhausted: c.history.exhausted,
  limitedFromStart: c.limitedFromStart,
  before: c.before.map(vmaJson),
  call: callJson(c.call),
  failures: c.outcome.failures.map(({ step, point }) => ({
    step: step.name,
    kernel: point.kernel,
    errno: point.errno,
  })),
  result: resultText(c.outcome.result),
  after: c.outcome.vmas.map(vmaJson),
  mapCount: { before: c.before.length, after: c.outcome.mapCount, peak: c.outcome.peak },
  steps: c.micro.map(({ step, before, after, failed }) => ({
    step: step.name,
    failed: failed?.kernel ?? null,
    mapCountBefore: before.mapCount,
    mapCountAfter: after.mapCount,
    vmasChanged: before.vmas !== after.vmas,
  })),
});

const momentJson = ({ thread, step, before, after, result }: Moment): object => ({
  thread,
  step: step?.name ?? null,
  mapCountBefore: before.mapCount,
  mapCountAfter: after.mapCount,
  maxMapCount: after.env.maxMapCount,
  vmasChanged: before.vmas !== after.vmas,
  result: result === undefined ? null : resultText(result),
});

/** What a race can be repeated from; `seen` is the map_count that a reader saw. */
const raceJson = (c: RaceCounterexample): object => ({
  explanation: c.explanation,
  pages: c.pages,
  maxMapCount: c.limit,
  setup: c.history.calls?.map(callJson) ?? null,
  setupExhausted: c.history.exhausted,
  before: c.before.map(vmaJson),
  threads: c.deeds.map((deed, i) => {
    const result = c.results[i];
    if (deed.does === 'read') return { does: 'read', seen: result ?? null };
    if (deed.does === 'lower') return { does: 'lower', maxMapCount: deed.limit };
    const text = result === undefined ? null : resultText(result);
    return { does: 'call', call: callJson(deed.call), result: text };
  }),
  after: c.after.map(vmaJson),
  maxMapCountAfter: c.limitAfter,
  interleaving: c.moments.map(momentJson),
});

/** A counterexample with all that is needed to repeat it. */
export const shownJson = (c: Counterexample | RaceCounterexample): object =>
  'moments' in c ? raceJson(c) : shownCallJson(c);

function verdictJson(verdict: Verdict, confirmed: ConfirmedVerdicts | undefined): object {
  const { counterexample, ...said } = verdict;
  const answer = confirmed?.answers.get(verdict);
  return {
    ...said,
    asExpected: verdict.found === verdict.expected,
    counterexample: counterexample === undefined ? null : shownJson(counterexample),
    ...(answer === undefined ? {} : { confirmation: answerJson(answer) }),
  };
}

export const differenceJson = (d: Difference): object => ({
  pages: d.pages,
  maxMapCount: d.limit,
  setup: d.history.calls?.map(callJson) ?? null,
  setupExhausted: d.history.exhausted,
  before: d.before.map(vmaJson),
  call: callJson(d.call),
  outcomes: d.outcomes.map((outcome, i) => ({
    release: d.releases[i],
    result: resultText(outcome.result),
    mapCount: outcome.mapCount,
    after: outcome.vmas.map(vmaJson),
  })),
});

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
        smallest: smallest === undefined ? null : differenceJson(smallest),
      })),
    };
  }
  const verdicts = report.verdicts.map((verdict) => verdictJson(verdict, confirmed));
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
      counterexample: counterexample === undefined ? null : shownJson(counterexample),
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
