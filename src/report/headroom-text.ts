import { className } from '../checker/bounds.js';
import { HEADROOM_SHAPES } from '../checker/headroom-shape.js';
import {
  type Figure,
  figureShown,
  type HeadroomReport,
  type HeadroomRow,
} from '../verify/headroom.js';
import { shownText } from './faces/terminal.js';
import { signed } from './outcome-rows.js';
import { releaseTables } from './release-tables.js';
import type { Style } from './style.js';
import { shownTraceOf } from './trace-of.js';
import { plural } from './words.js';
import { wrapped } from './wrap.js';

/** Of the label of a row; with the figures 72 columns. */
const LABEL = 40;
const COLUMNS = ['ends', 'peak', 'needs', 'asks', 'slack', 'since'] as const;
const WIDTHS = [4, 5, 6, 5, 6, 6] as const;
const FIGURES: readonly Figure[] = ['ends', 'peak', 'asks'];

/** What the columns of the table mean. */
const LEGEND: readonly string[] = [
  'Of every call that succeeds where no limit is in the way:',
  'ends   most that map_count can rise from start to end',
  'peak   the same up to its highest value under the lock',
  'needs  least headroom with which each ends within the limit',
  'asks   least headroom with which no check of map_count stops one',
  'slack  asks less needs; below 0 some end above the limit',
  'since  pages from which on the figures are the same; "more" if the',
  '       largest window changed them',
];

const cells = ({ ends, peak, needs, asks, slack, since }: HeadroomRow): string[] => [
  signed(ends.value),
  signed(peak.value),
  `${needs}`,
  `${asks.value}`,
  `${slack}`,
  since === undefined ? 'more' : `${since}`,
];

const line = (label: string, figures: readonly string[]): string =>
  label.padEnd(LABEL) + figures.map((text, i) => text.padStart(WIDTHS[i] ?? 0)).join('');

function rowText(row: HeadroomRow, s: Style): string {
  const text = line(row.shape, cells(row));
  return row.slack < 0 ? s.bad(text) : row.slack > 0 ? s.mark(text) : text;
}

/** The figures of each shape, a line each, of at most 72 columns. */
const headroomTable = ({ rows }: Pick<HeadroomReport, 'rows'>, s: Style): string =>
  [s.bold(line('', COLUMNS)), ...rows.map((row) => rowText(row, s))].join('\n');

/** Shapes down, releases across; what is in the cells is up to the caller. */
export function headroomMatrix(
  reports: readonly HeadroomReport[],
  cell: (row: HeadroomRow) => string,
  s: Style,
): string {
  const rowOf = (shape: string, release: string): HeadroomRow | undefined =>
    reports
      .find(({ question }) => question.release === release)
      ?.rows.find((row) => row.shape === shape);
  return releaseTables(
    reports.map(({ question }) => question.release),
    (releases) =>
      HEADROOM_SHAPES.filter((shape) => releases.some((id) => rowOf(shape, id) !== undefined)),
    (shape, release) => {
      const row = rowOf(shape, release);
      return { text: row === undefined ? '-' : cell(row), paint: (text) => text };
    },
    s,
  );
}

/** What was searched, in words. */
function boundsText({ bounds, question, transitions }: HeadroomReport): string {
  const windows = `windows of ${question.windows.join(', ')} pages`;
  const classes =
    bounds === undefined ? '' : `, VMAs of ${bounds.classes.map(className).join(', ')}`;
  return `${windows}${classes}; ${plural(transitions, 'call')}`;
}

/** The smallest calls that attain the figures of a shape; what several have in common is drawn once. */
function drawn(report: HeadroomReport, row: HeadroomRow, s: Style): string[] {
  const texts = new Map<string, string[]>();
  for (const figure of FIGURES) {
    const shown = figureShown(report, row, figure);
    if (shown === undefined) continue;
    const [why = '', ...rest] = shownText(shownTraceOf(shown), s).split('\n');
    const body = rest.join('\n');
    texts.set(body, [...(texts.get(body) ?? []), why]);
  }
  return [...texts].map(([body, whys]) => [s.bold(`  ${row.shape}`), ...whys, body].join('\n'));
}

/**
 * What each shape of call needs of map slots, and what the release asks for.
 *
 * @param width columns of the text; the table and the drawings take 72
 * @param verbose draws a smallest call for each figure
 */
export function headroomText(
  report: HeadroomReport,
  s: Style,
  width: number,
  verbose: boolean,
): string {
  return [
    s.bold(wrapped(`Headroom on ${report.question.release}`, '', width)) +
      '\n' +
      s.dim(wrapped(boundsText(report), '', width)),
    ...(verbose ? report.rows.flatMap((row) => drawn(report, row, s)) : []),
    headroomTable(report, s),
    s.dim(LEGEND.join('\n')),
    ...(report.complete
      ? []
      : [s.mark('interrupted: only windows that were searched to the end count')]),
  ].join('\n\n');
}
