import { type Place, placesIn } from '../../input/places.js';
import type {
  CheckReport,
  ClassVerdict,
  CompareReport,
  ReachReport,
  RunReport,
  Verdict,
} from '../../verify/verdicts.js';
import { isComplete } from '../../verify/verdicts.js';
import type { SpecReport, VerifyReport } from '../../verify/verify.js';
import { answerText, type ConfirmedVerdicts } from '../confirmed.js';
import { differenceText } from '../difference.js';
import { counterexampleTexts } from '../faces/terminal.js';
import { style } from '../style.js';
import { traceOf } from '../trace-of.js';
import { rangeText } from '../words.js';
import type { Case, CasesReport, CheckCases } from './case.js';

const PLAIN = style(false);

/** A place by its path; the innermost that there is. */
type PlaceOf = (...paths: readonly string[]) => Place;

const VERDICTS = {
  holds: 'holds',
  violated: 'is broken',
  untested: 'has no case',
  unknown: 'is not known, the search was not finished',
} as const;

const isOf = (expected: { invariant: string; releases: readonly string[] }, v: Verdict): boolean =>
  expected.invariant === v.invariant && expected.releases.includes(v.release);

function verdictState(v: Verdict, refuted: boolean): Case['state'] {
  if (v.found === 'unknown') return 'unfinished';
  return v.found === v.expected && !refuted ? 'as expected' : 'unexpected';
}

function verdictCase(v: Verdict, place: Place, confirmed: ConfirmedVerdicts | undefined): Case {
  const answer = confirmed?.answers.get(v);
  const answered =
    confirmed === undefined || answer === undefined ? [] : [answerText(confirmed, answer)];
  const drawn =
    v.counterexample === undefined ? [] : counterexampleTexts([traceOf(v.counterexample)], PLAIN);
  const found = `${v.invariant} ${VERDICTS[v.found]} on ${v.release}`;
  const why = v.counterexample === undefined ? '' : `: ${v.counterexample.explanation}`;
  const spec = v.found === v.expected ? 'as the spec says' : `the spec says ${v.expected}`;
  return {
    rule: v.invariant,
    name: `${v.invariant} on ${v.release}`,
    state: verdictState(v, answer?.state === 'refuted'),
    says: [`${found}, ${spec}${why}`, ...answered].join('; '),
    details: [`The spec says ${v.expected}: ${v.because}`, ...drawn].join('\n\n'),
    place,
  };
}

/** Found and expected headroom of a class, whichever there is. */
function classSays({ state, found, expected }: ClassVerdict): string {
  const at = found === undefined ? '' : `found at headroom ${rangeText(found.headroom)}`;
  const spec = expected === undefined ? '' : `headroom ${rangeText(expected.headroom)}`;
  if (state === 'unknown') return `${at} so far, the spec says at ${spec}`;
  if (state === 'missing') return `not found, the spec says at ${spec}`;
  if (state === 'expected') return `${at}, as the spec says`;
  return expected === undefined
    ? `${at}, the spec has no such class`
    : `${at}, the spec says ${spec}`;
}

const CLASS_STATES = {
  expected: 'as expected',
  unexpected: 'unexpected',
  missing: 'unexpected',
  unknown: 'unfinished',
} as const;

function compareCases(report: CompareReport, at: string, placeOf: PlaceOf): Case[] {
  const { check, classes, complete } = report;
  const releases = check.releases.join(' -> ');
  const rule = 'behaviour-difference';
  const cases = classes.map((one): Case => {
    const what = one.found ?? one.expected;
    const name = `${what?.shape}: ${what?.from} -> ${what?.to} (${releases})`;
    const k = one.expected === undefined ? -1 : check.expect.indexOf(one.expected);
    const smallest = one.smallest === undefined ? [] : [differenceText(one.smallest)];
    const because = one.expected === undefined ? [] : [`The spec says: ${one.expected.because}`];
    return {
      rule,
      name,
      state: CLASS_STATES[one.state],
      says: `${name} ${classSays(one)}`,
      details: [...because, ...smallest].join('\n\n'),
      place: placeOf(`${at}.expect[${k}].headroom`, `${at}.expect`),
    };
  });
  if (cases.length > 0) return cases;
  // A comparison that finds nothing, as it should, has been made nevertheless.
  const name = `no difference (${releases})`;
  const state = complete ? 'as expected' : 'unfinished';
  return [{ rule, name, state, says: name, details: '', place: placeOf(at) }];
}

const NAMES = {
  states: ({ work }: RunReport): number => work.spaces,
  transitions: ({ work }: RunReport): number => work.transitions,
  edges: ({ edges }: RunReport): number => edges,
  largestCount: ({ largestCount }: RunReport): number => largestCount,
} as const;

function runCases({ runs, check }: ReachReport, at: string, placeOf: PlaceOf): Case[] {
  return runs.flatMap((one, k): Case[] => {
    const { run, wrong, complete } = one;
    if (Object.keys(run.numbers).length === 0) return [];
    const { pages, limit, mmapCap } = run.bounds;
    const name = `numbers of ${check.release}, ${pages} pages, limit ${limit}, mmap cap ${mmapCap}`;
    const differing = wrong
      .map((n) => `found ${NAMES[n](one)} ${n}, the spec says ${run.numbers[n]}`)
      .join('; ');
    const state = wrong.length > 0 ? 'unexpected' : complete ? 'as expected' : 'unfinished';
    const said = {
      unexpected: differing,
      unfinished: 'not finished',
      'as expected': 'as the spec says',
    };
    return [
      {
        rule: 'search-numbers',
        name,
        state,
        says: `${name}: ${said[state]}`,
        details: '',
        place: placeOf(`${at}.runs[${k}].${wrong[0]}`, `${at}.runs[${k}]`),
      },
    ];
  });
}

function casesOf(
  report: CheckReport,
  at: string,
  placeOf: PlaceOf,
  confirmed: ConfirmedVerdicts | undefined,
): Case[] {
  if (report.kind === 'compare') return compareCases(report, at, placeOf);
  const { expect } = report.check;
  const verdicts = report.verdicts.map((v) => {
    const k = expect.findIndex((e) => isOf(e, v) && e.because === v.because);
    return verdictCase(v, placeOf(`${at}.expect[${k}].verdict`, at), confirmed);
  });
  const runs = report.kind === 'reach' ? runCases(report, at, placeOf) : [];
  return [...runs, ...verdicts];
}

/** What a spec is called beside others: its file, by its path where several have that name. */
const nameAmong = (specs: readonly SpecReport[], { file, path }: SpecReport['spec']): string =>
  specs.filter(({ spec }) => spec.file === file).length > 1 ? path : file;

function checksOf(
  { spec, checks }: SpecReport,
  name: string,
  confirmed: ConfirmedVerdicts | undefined,
): CheckCases[] {
  const places = placesIn(spec.text);
  const placeOf: PlaceOf = (...paths) => {
    const path = paths.find((one) => places.has(one)) ?? '';
    return places.get(path) as Place;
  };
  return checks.map((check, i) => ({
    path: spec.path,
    file: name,
    title: check.check.title,
    cases: casesOf(check, `.checks[${i}]`, placeOf, confirmed),
  }));
}

/**
 * What specs expect, a case for each invariant, release and check, each class of differences, and each
 * run with numbers.
 *
 * @param of the version of mremap-check, and the folder that paths are shown relative to
 * @param confirmed what a kernel says of the violations; one that it does not show is unexpected
 */
export const casesReport = (
  report: VerifyReport,
  of: Pick<CasesReport, 'version' | 'root'>,
  confirmed?: ConfirmedVerdicts,
): CasesReport => ({
  ...of,
  complete: report.specs.every(({ checks }) => checks.every(isComplete)),
  checks: report.specs.flatMap((one) =>
    checksOf(one, nameAmong(report.specs, one.spec), confirmed),
  ),
});
