import type { ConditionBy } from '../checker/call-case.js';
import type { CaseNeed } from '../checker/needs.js';
import type { Rule } from '../checker/rules.js';
import type { BreachTrace } from '../trace/trace.js';
import { oneLess, type Stage, type SynthesisReport, stageRules } from '../verify/synthesis.js';
import { enumerateBoundsText, notTriedText } from './bounds.js';
import { counterexampleTexts } from './faces/terminal.js';
import type { Style } from './style.js';
import { traceOf } from './trace-of.js';
import { grouped, plural } from './words.js';
import { wrapped } from './wrap.js';

const TITLES: Readonly<Record<ConditionBy, string>> = {
  constant: 'The same for every call',
  shape: 'By the shape of the call',
  facts: 'By what the check can see under the lock',
};

/** Columns of text, apart from the drawings. */
const WIDTH = 72;
const LABEL = 26;

const needText = (need: number | null): string => (need === null ? 'none' : `${need}`);

const conditionText = ({ holding, missing }: Rule): string =>
  [...holding, ...missing.map((fact) => `not ${fact}`)].join(', ') || 'always';

function ruleLines(shape: string, rules: readonly Rule[]): string[] {
  const lines = rules.flatMap(({ need, ...rule }) =>
    wrapped(`${need}  ${conditionText({ need, ...rule })}`, ' '.repeat(LABEL + 5), WIDTH)
      .split('\n')
      .map((line, i) => (i === 0 ? line.slice(2) : line)),
  );
  const rest = rules.some((rule) => conditionText(rule) === 'always')
    ? []
    : [`${' '.repeat(LABEL)}none  ${rules.length === 0 ? '' : 'else'}`.trimEnd()];
  return [...lines, ...rest].map((line, i) =>
    i === 0 ? `  ${shape.padEnd(LABEL - 2)}${line.slice(LABEL)}` : line,
  );
}

function needsText(stage: Stage): string {
  if (stage.by === 'facts') {
    return stageRules(stage)
      .flatMap(({ shape, rules }) => ruleLines(shape, rules))
      .join('\n');
  }
  return stage.cases
    .map(({ name, least }) => `  ${name.padEnd(LABEL)}${needText(least).padStart(4)}`)
    .join('\n');
}

/** What the searches say of a condition. */
function verdictText({ broken, torn, refused, needless }: Stage, s: Style): string {
  if (torn.length > 0) {
    return s.bad(
      wrapped(
        `no such condition: refused or not, a promise breaks (${torn.join('; ')})`,
        '  ',
        WIDTH,
      ),
    );
  }
  if (broken === undefined) return s.mark('  not searched to the end');
  const verdict =
    broken.length === 0
      ? s.good('  searched: keeps every promise')
      : s.bad(wrapped(`searched: breaks ${broken.join(', ')}`, '  ', WIDTH));
  return `${verdict}\n${refusedText(refused, needless)}`;
}

const refusedText = (refused: number, needless: number): string =>
  `  refused for want of map slots: ${plural(refused, 'call')}, ${grouped(needless)} needlessly`;

/** The conditions of a report with what the searches say of them, without counterexamples. */
export const synthesisTables = ({ stages }: SynthesisReport, s: Style): string =>
  stages.map((stage) => tableText(stage, s)).join('\n\n');

const tableText = (stage: Stage, s: Style): string =>
  `${s.bold(TITLES[stage.by])}\n\n${needsText(stage)}\n\n${verdictText(stage, s)}`;

/** The most demanding case, which alone decides a constant. */
const mostDemanding = (cases: readonly CaseNeed[]): CaseNeed | undefined =>
  cases.reduce<CaseNeed | undefined>(
    (most, one) => (most === undefined || (one.least ?? -1) > (most.least ?? -1) ? one : most),
    undefined,
  );

/** Cases whose counterexample for one less is drawn. */
const drawnCases = ({ cases }: Stage, verbose: boolean): readonly CaseNeed[] => {
  const most = mostDemanding(cases);
  return verbose ? cases : most === undefined ? [] : [most];
};

function stageText(report: SynthesisReport, stage: Stage, s: Style, verbose: boolean): string {
  const shown = drawnCases(stage, verbose).flatMap((one): BreachTrace[] => {
    const found = oneLess(report, stage, one);
    if (found === undefined) return [];
    const asked = `${one.name}: with ${(one.least ?? 0) - 1} instead of ${one.least}, `;
    return [traceOf({ ...found, explanation: asked + found.explanation })];
  });
  return [tableText(stage, s), ...counterexampleTexts(shown, s)].join('\n\n');
}

const listed = (label: string, names: readonly string[], why: string, width: number): string[] =>
  names.length === 0 ? [] : [wrapped(`${label.padEnd(10)}${names.join(', ')}: ${why}`, '', width)];

function headText(report: SynthesisReport, s: Style, width: number): string {
  const { question, bounds, does, kept, sought, leftOut, refused, needless, transitions } = report;
  const keeps = kept.filter((name) => !sought.includes(name));
  return [
    s.bold(wrapped(`The weakest ${question.check} on ${question.release}`, '', width)),
    wrapped(`now       ${does}`, '', width),
    refusedText(refused, needless).trimStart(),
    wrapped(`keeps     ${keeps.join(', ') || 'nothing'}`, '', width),
    ...listed('breaks', sought, 'asked of the conditions below, too', width),
    ...listed('left out', leftOut, 'broken whatever the check asks for', width),
    s.dim(wrapped(`${enumerateBoundsText(bounds)}; ${plural(transitions, 'call')}`, '', width)),
    s.dim(wrapped(`not tried ${notTriedText(bounds)}`, '', width)),
  ].join('\n');
}

/**
 * The weakest conditions of a check, with what a search says of each.
 *
 * @param verbose draws the call that breaks a promise with one less for each case, not for one alone
 */
export function synthesisText(
  report: SynthesisReport,
  s: Style,
  width: number,
  verbose: boolean,
): string {
  return [
    headText(report, s, width),
    ...report.stages.map((stage) => stageText(report, stage, s, verbose)),
    ...(report.unlocked
      ? [
          wrapped(
            'The check comes before the lock: what it saw of the address space might be gone.',
            '',
            width,
          ),
        ]
      : []),
    ...(report.complete ? [] : [s.mark('interrupted: not all was searched')]),
  ].join('\n\n');
}
