import { match } from 'ts-pattern';
import type { Counts } from '../checker/tally.js';
import { invariants } from '../invariants/index.js';
import { knownReleases } from '../model/releases/index.js';
import {
  type CheckReport,
  type ClassVerdict,
  type CompareReport,
  type EnumerateReport,
  isComplete,
  isUnexpected,
  isUnexpectedClass,
  type RaceReport,
  type ReachReport,
  type RunReport,
  type SearchReport,
  type Verdict,
} from '../verify/verdicts.js';
import type { SpecReport, VerifyReport } from '../verify/verify.js';
import { enumerateBoundsText, raceBoundsText, reachBoundsText } from './bounds.js';
import { answerText, type ConfirmedVerdicts, MARKS, marksText, refutedIn } from './confirmed.js';
import { differenceText } from './difference.js';
import { counterexampleTexts } from './faces/terminal.js';
import { type MatrixVerdict, matrix } from './matrix.js';
import type { Style } from './style.js';
import { traceOf } from './trace-of.js';
import { grouped, plural, rangeText } from './words.js';
import { wrapped } from './wrap.js';

const WIDTH = 78;

/** Under a verdict. */
const INDENT = ' '.repeat(10);

interface Options {
  readonly s: Style;
  readonly verbose: boolean;
  readonly confirmed: ConfirmedVerdicts | undefined;
}

const verdictsOf = (check: CheckReport): readonly Verdict[] =>
  check.kind === 'compare' ? [] : check.verdicts;

function asMatrixVerdict(v: Verdict, confirmed: ConfirmedVerdicts | undefined): MatrixVerdict {
  const answer = confirmed?.answers.get(v);
  return {
    invariant: v.invariant,
    release: v.release,
    found: v.found,
    expected: v.found === v.expected || v.found === 'unknown',
    ...(answer === undefined ? {} : { mark: MARKS[answer.state] }),
  };
}

const never = (counts: Counts): string[] =>
  Object.entries(counts)
    .filter(([, count]) => count === 0)
    .map(([name]) => name);

const resultsText = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${grouped(count)}`)
    .join(', ');

/** What was done: how often each result was met, and how often each step ran and refused. */
function workText({ release, work, complete }: SearchReport): string {
  const lines = [
    `${release}: ${plural(work.spaces, 'address space')}, ${plural(work.transitions, 'call')}, peak +${work.peak}` +
      `${complete ? '' : ' (not finished)'}; ${resultsText(work.results)}`,
  ];
  const steps = Object.entries(work.steps).map(([name, count]) => {
    const refused = work.refusals[name];
    const end = refused === undefined ? '' : `  refused ${grouped(refused)}`;
    return `      ${name.padEnd(31)} ran ${grouped(count).padStart(13)}${end}`;
  });
  return [...lines.map((line, i) => wrapped(line, i === 0 ? '    ' : '      ')), ...steps].join(
    '\n',
  );
}

const isExpected = (v: Verdict): boolean => v.found === v.expected;

const FOUND_AS = {
  holds: 'holds',
  violated: 'broken',
  untested: 'no case',
  unknown: 'unknown',
} as const;

/** Behind the text of a line, or below it where it does not fit. */
function behind(line: string, said: string, paint: (text: string) => string): string {
  if (said === '') return '';
  return line.length + 1 + said.length > WIDTH ? `\n${INDENT}${paint(said)}` : ` ${paint(said)}`;
}

const age = (id: string): number => {
  const index = knownReleases.findIndex((release) => release.id === id);
  return index < 0 ? knownReleases.length : index;
};

/** In the order of the matrix; what is no release of the model behind those that are. */
const byAge = (a: string, b: string): number => age(a) - age(b);

/** Alike verdicts of several releases share a line; the reason is given where a promise is not kept. */
function verdictLines(verdicts: readonly Verdict[], { s, verbose, confirmed }: Options): string[] {
  const groups = new Map<string, Verdict[]>();
  for (const v of verdicts) {
    const key = JSON.stringify([v.invariant, v.found, v.expected, v.because]);
    groups.set(key, [...(groups.get(key) ?? []), v]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Verdict];
    const { found, invariant, because } = first;
    const paint = { holds: s.good, violated: s.bad, untested: s.dim, unknown: s.dim }[found];
    const surprise = found !== 'unknown' && !isExpected(first);
    const word = FOUND_AS[found].padEnd(7);
    const said = surprise ? `UNEXPECTED: the spec says ${first.expected}` : '';
    const lines = [
      `  ${paint(word)} ${s.bold(invariant)}${behind(`  ${word} ${invariant}`, said, s.bad)}`,
      wrapped(
        group
          .map((v) => v.release)
          .sort(byAge)
          .join(', '),
        INDENT,
      ),
    ];
    const reason = verbose || found !== 'holds' || surprise;
    const answers = group.flatMap((v) => {
      const answer = confirmed?.answers.get(v);
      if (confirmed === undefined || answer === undefined) return [];
      const color = { confirmed: s.good, refuted: s.bad, impossible: s.dim }[answer.state];
      return [color(wrapped(answerText(confirmed, answer), INDENT))];
    });
    return [...lines, ...(reason ? [s.dim(wrapped(because, INDENT))] : []), ...answers].join('\n');
  });
}

const drawings = (verdicts: readonly Verdict[], { s }: Options): string[] =>
  counterexampleTexts(
    verdicts.flatMap(({ counterexample }) =>
      counterexample === undefined ? [] : [traceOf(counterexample)],
    ),
    s,
  ).map((text) => `\n${text}`);

/** Names that several releases have in common: `a, b (all)`, `c (v6.17, v7.1)`. */
function shared(byRelease: readonly (readonly [string, readonly string[]])[]): string {
  const releasesOf = new Map<string, string[]>();
  for (const [release, names] of byRelease) {
    for (const name of names) releasesOf.set(name, [...(releasesOf.get(name) ?? []), release]);
  }
  return [...releasesOf.entries()]
    .map(([name, on]) => (on.length === byRelease.length ? name : `${name} (${on.join(', ')})`))
    .join(', ');
}

/** What within the bounds never happened: green must not come from nothing being tried. */
function idleText(searches: readonly SearchReport[]): string[] {
  const ran = shared(searches.map(({ release, work }) => [release, never(work.steps)]));
  const met = shared(searches.map(({ release, work }) => [release, never(work.results)]));
  const refused = shared(
    searches.map(({ release, work }) => {
      const idle = never(work.steps);
      return [release, never(work.refusals).filter((name) => !idle.includes(name))];
    }),
  );
  return [
    ...(met === '' ? [] : [wrapped(`results never met: ${met}`, '  ')]),
    ...(ran === '' ? [] : [wrapped(`steps that never ran: ${ran}`, '  ')]),
    ...(refused === '' ? [] : [wrapped(`steps that ran and never refused: ${refused}`, '  ')]),
  ];
}

/** A check of several releases: bounds and work, then the verdicts, and what never happened. */
const searchedText = (
  { verdicts, searches }: EnumerateReport | RaceReport,
  head: readonly string[],
  o: Options,
): string =>
  [
    ...head.map((text) => o.s.dim(wrapped(text, '  '))),
    ...(o.verbose ? searches.map((search) => o.s.dim(workText(search))) : []),
    ...(searches.every(({ complete }) => complete) ? [] : [o.s.mark('  not finished')]),
    ...verdictLines(verdicts, o),
    ...drawings(verdicts, o),
    ...idleText(searches).map((text) => `\n${o.s.dim(text)}`),
  ].join('\n');

function enumerateText(report: EnumerateReport, o: Options): string {
  const { check, searches } = report;
  const spaces = Math.max(...searches.map(({ work }) => work.spaces));
  const calls = searches.reduce((sum, { work }) => sum + work.transitions, 0);
  const peak = Math.max(...searches.map(({ work }) => work.peak));
  const work =
    `${plural(searches.length, 'release')}, ${plural(spaces, 'address space')} each, ` +
    `${plural(calls, 'call')}; map_count peaks ${peak} above its start`;
  return searchedText(report, [enumerateBoundsText(check.bounds), work], o);
}

function raceText(report: RaceReport, o: Options): string {
  const { check, searches } = report;
  const sum = (of: 'races' | 'behaviours' | 'interleavings'): number =>
    searches.reduce((total, search) => total + search[of], 0);
  const work =
    `${plural(searches.length, 'release')}, ${plural(sum('races'), 'race')}, ` +
    `${plural(sum('interleavings'), 'interleaving')}, ${plural(sum('behaviours'), 'behaviour')}`;
  return searchedText(report, [raceBoundsText(check.bounds), work], o);
}

function reachText({ check, verdicts, runs }: ReachReport, o: Options): string {
  const { s } = o;
  const bounds = check.runs[0]?.bounds;
  const head = '  pages limit mmap cap    states  transitions      edges  VMAs  depth';
  const rows = runs.map(({ run, work, edges, largestCount, depth, complete, wrong }) => {
    const cells = [
      `${run.bounds.pages}`.padStart(7),
      `${run.bounds.limit}`.padStart(5),
      `${run.bounds.mmapCap}`.padStart(8),
      grouped(work.spaces).padStart(9),
      grouped(work.transitions).padStart(12),
      grouped(edges).padStart(10),
      `${largestCount}`.padStart(5),
      `${depth}`.padStart(6),
    ];
    return cells.join(' ') + runState({ complete, wrong, run }, s);
  });
  return [
    s.dim(wrapped(bounds === undefined ? '' : reachBoundsText(bounds), '  ')),
    s.dim(head),
    ...rows,
    ...(o.verbose ? runs.map((run) => s.dim(workText(run))) : []),
    ...verdictLines(verdicts, o),
    ...drawings(verdicts, o),
  ].join('\n');
}

function runState(
  { complete, wrong, run }: Pick<RunReport, 'complete' | 'wrong' | 'run'>,
  s: Style,
): string {
  // The row is as wide as a terminal by then.
  if (!complete) return `\n${INDENT}${s.mark('not finished')}`;
  if (wrong.length > 0) {
    const numbers = wrong.map((name) => `${name} ${grouped(run.numbers[name] ?? 0)}`).join(', ');
    return `\n${s.bad(wrapped(`UNEXPECTED, expected ${numbers}`, INDENT))}`;
  }
  return Object.keys(run.numbers).length > 0 ? s.good('  ok') : '';
}

function classText(
  { state, found, smallest, expected }: ClassVerdict,
  { s, verbose }: Options,
): string {
  const what = found ?? expected;
  if (what === undefined) return '';
  const count = found === undefined ? 'none' : plural(found.count, 'call');
  const surprise = {
    expected: '',
    missing: 'UNEXPECTED: not found',
    unexpected:
      expected === undefined
        ? 'UNEXPECTED: the spec has none'
        : `UNEXPECTED: the spec says headroom ${rangeText(expected.headroom)}`,
    unknown:
      expected === undefined
        ? ''
        : `so far; the spec says headroom ${rangeText(expected.headroom)}`,
  }[state];
  const name = `${what.shape}: ${what.from} -> ${what.to}`;
  return [
    `  ${s.bold(name)}${behind(`  ${name}`, surprise, state === 'unknown' ? s.mark : s.bad)}`,
    `          at headroom ${rangeText(what.headroom)} (${count})`,
    ...(verbose && expected !== undefined ? [s.dim(wrapped(expected.because, INDENT))] : []),
    ...(smallest === undefined ? [] : [`${differenceText(smallest)}\n`]),
  ].join('\n');
}

const compareText = (report: CompareReport, o: Options): string =>
  [
    o.s.dim(wrapped(enumerateBoundsText(report.check.bounds), '  ')),
    `  ${report.check.releases.join(' -> ')}: ${plural(report.transitions, 'call')} on each`,
    ...(report.complete ? [] : [o.s.mark('  not finished')]),
    ...report.classes.map((one) => classText(one, o)),
  ].join('\n');

const checkText = (report: CheckReport, o: Options): string =>
  `${o.s.bold(wrapped(`-- ${report.check.title}`, '   ').trimStart())}\n${match(report)
    .with({ kind: 'compare' }, (r) => compareText(r, o))
    .with({ kind: 'reach' }, (r) => reachText(r, o))
    .with({ kind: 'race' }, (r) => raceText(r, o))
    .with({ kind: 'enumerate' }, (r) => enumerateText(r, o))
    .exhaustive()}`;

/** The answer is somebody's words; it is shown only while the checks bear it out. */
function specText({ spec, checks }: SpecReport, o: Options): string {
  const borneOut = !checks.some(isUnexpected) && checks.every(isComplete);
  return [
    o.s.bold(`== ${wrapped(`${spec.title} (${spec.file})`, '   ', 80).trimStart()}`),
    wrapped(spec.question, '   '),
    ...(borneOut ? ['', wrapped(spec.answer, '   ')] : []),
    '',
    checks.map((check) => checkText(check, o)).join('\n\n'),
  ].join('\n');
}

function summary(report: VerifyReport, { s, confirmed }: Options): string {
  const verdicts = report.specs.flatMap(({ checks }) => checks.flatMap(verdictsOf));
  const classes = report.specs.flatMap(({ checks }) =>
    checks.flatMap((check) => (check.kind === 'compare' ? check.classes : [])),
  );
  const refuted = refutedIn(confirmed);
  const wrong =
    verdicts.filter((v) => refuted.has(v) || (v.found !== 'unknown' && !isExpected(v))).length +
    classes.filter(isUnexpectedClass).length +
    report.specs
      .flatMap(({ checks }) => checks)
      .flatMap((check) => (check.kind === 'reach' ? check.runs : []))
      .filter((run) => run.wrong.length > 0).length;
  const broken = verdicts.filter((v) => v.found === 'violated' && isExpected(v)).length;
  const work = `${plural(report.specs.length, 'spec')}, ${plural(verdicts.length, 'verdict')}, ${plural(classes.length, 'class', 'classes')} of differences, ${plural(report.transitions, 'call')}`;
  const end = !report.asExpected
    ? s.bad(`${plural(wrong, 'result')} not as expected${report.complete ? '' : '; not finished'}`)
    : report.complete
      ? s.good(`all as expected (${plural(broken, 'expected violation')})`)
      : s.mark('not finished; what was done is as expected');
  return `${work}\n${end}`;
}

/**
 * The report of a verification: each spec with question, verdicts and counterexamples, the matrix, and
 * the verdict on the whole as the last line.
 *
 * @param verbose adds every reason, and the work behind each release's verdicts
 * @param confirmed what a kernel says of the violations
 */
export function verifyText(
  report: VerifyReport,
  s: Style,
  verbose: boolean,
  confirmed?: ConfirmedVerdicts,
): string {
  const o: Options = { s, verbose, confirmed };
  const table = matrix(
    report.specs
      .flatMap(({ checks }) => checks.flatMap(verdictsOf))
      .map((verdict) => asMatrixVerdict(verdict, confirmed)),
    knownReleases.map((release) => release.id),
    invariants.map((invariant) => invariant.id),
    s,
  );
  const marks = confirmed === undefined ? '' : s.dim(marksText(confirmed));
  return [...report.specs.map((spec) => specText(spec, o)), table, marks, summary(report, o)]
    .filter((part) => part !== '')
    .join('\n\n');
}
