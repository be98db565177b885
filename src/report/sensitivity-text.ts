import type { Rung, RungSearch } from '../verify/ladder.js';
import { breachShown, type Sensitivity, type SensitivityReport } from '../verify/sensitivity.js';
import { enumerateBoundsText, raceBoundsText } from './bounds.js';
import { counterexampleTexts } from './faces/terminal.js';
import { releaseTables, type TableCell } from './release-tables.js';
import type { Style } from './style.js';
import { traceOf } from './trace-of.js';
import { plural } from './words.js';
import { wrapped } from './wrap.js';

const LABEL = 8;
const WIDTH = 78;

/** A line that begins with a word of the table. */
const entry = (word: string, text: string): string =>
  word.padEnd(LABEL) + wrapped(text, ' '.repeat(LABEL), WIDTH).trimStart();

const boundsText = (one: RungSearch): string =>
  one.kind === 'race' ? raceBoundsText(one.bounds) : enumerateBoundsText(one.bounds);

/** A rung with its bounds in words. */
const rungText = ({ id, takes, needs, searches }: Rung, { bold, dim }: Style): string =>
  [
    bold(entry(id, takes + (needs === undefined ? '' : ` (releases that have ${needs})`))),
    ...searches.map((one) => dim(wrapped(boundsText(one), ' '.repeat(LABEL), WIDTH))),
  ].join('\n');

/** What the words of the table mean, lowest rung first. */
export const legendText = (ladder: readonly Rung[], s: Style): string =>
  [
    ...ladder.map((rung) => rungText(rung, s)),
    entry('.', 'nothing of all this breaks it: a proof within these bounds, no more'),
    entry('-', 'no call was a case of it'),
  ].join('\n');

const WORDS = { holds: '.', untested: '-', unknown: '?' } as const;

/** Invariants down, releases across; in each cell the first rung that breaks the one on the other. */
export function sensitivityTable({ question, cells }: SensitivityReport, s: Style): string {
  const byName = new Map(cells.map((one) => [`${one.invariant} ${one.release}`, one]));
  const cell = (invariant: string, release: string): TableCell => {
    const { found, breach } = byName.get(`${invariant} ${release}`) as Sensitivity;
    if (found === 'broken') return { text: breach?.rung.id ?? '', paint: s.bad };
    return { text: WORDS[found], paint: found === 'holds' ? s.good : s.dim };
  };
  return releaseTables(question.releases, () => question.invariants, cell, s);
}

function summary({ question, cells, transitions, complete }: SensitivityReport, s: Style): string {
  const broken = cells.filter(({ found }) => found === 'broken').length;
  const work =
    `${plural(question.invariants.length, 'invariant')}, ` +
    `${plural(question.releases.length, 'release')}, ${plural(question.ladder.length, 'rung')}, ` +
    `${plural(transitions, 'call')}; ${broken} of ${plural(cells.length, 'promise')} broken`;
  return complete ? work : `${work}\n${s.mark('not finished: ? is not decided')}`;
}

/**
 * What it takes to break each invariant on each release.
 *
 * @param drawn adds a smallest counterexample of every breach; those that are alike are drawn once
 */
export function sensitivityText(report: SensitivityReport, s: Style, drawn: boolean): string {
  const shown = drawn
    ? report.cells.flatMap((cell) => {
        const shown = breachShown(cell);
        return shown === undefined ? [] : [traceOf(shown)];
      })
    : [];
  return [
    legendText(report.question.ladder, s),
    ...counterexampleTexts(shown, s),
    sensitivityTable(report, s),
    summary(report, s),
  ].join('\n\n');
}
