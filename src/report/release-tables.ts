import { shortName } from './release-name.js';
import type { Style } from './style.js';

/** What stands in a row and a column. */
export interface TableCell {
  readonly text: string;
  readonly paint: (text: string) => string;
}

type RowsFor = (releases: readonly string[]) => readonly string[];
type CellAt = (row: string, release: string) => TableCell;

const WIDTH = 80;
/** Of a column, unless what is in it is wider. */
const NARROWEST = 5;

const widest = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map((text) => text.length));

/** One table: its releases, its rows, and the widths of its columns, the one of the labels first. */
interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly label: number;
  readonly widths: readonly number[];
}

function tableOf(columns: readonly string[], rowsFor: RowsFor, cell: CellAt): Table {
  const rows = rowsFor(columns);
  const widths = columns.map((id) =>
    Math.max(NARROWEST, shortName(id).length, widest(rows.map((row) => cell(row, id).text))),
  );
  return { columns, rows, label: widest(rows), widths };
}

const fits = ({ label, widths }: Table): boolean =>
  label + widths.reduce((sum, width) => sum + 1 + width, 0) <= WIDTH;

/** As many releases side by side as fit, the rest in further tables. */
function tablesOf(releases: readonly string[], rowsFor: RowsFor, cell: CellAt): Table[] {
  const tables: Table[] = [];
  for (const id of releases) {
    const last = tables.at(-1);
    const wider = tableOf([...(last?.columns ?? []), id], rowsFor, cell);
    if (last !== undefined && fits(wider)) tables[tables.length - 1] = wider;
    else tables.push(last === undefined ? wider : tableOf([id], rowsFor, cell));
  }
  return tables;
}

/**
 * A table with releases across, of at most 80 columns: as many side by side as fit, the rest below.
 *
 * @param rowsFor which rows the table of some releases has
 */
export function releaseTables(
  releases: readonly string[],
  rowsFor: RowsFor,
  cell: CellAt,
  { bold }: Style,
): string {
  return tablesOf(releases, rowsFor, cell)
    .map(({ columns, rows, label, widths }) => {
      const across = (text: (id: string, width: number) => string): string =>
        columns.map((id, i) => text(id, widths[i] as number)).join(' ');
      const head = across((id, width) => shortName(id).padStart(width));
      const line = (row: string): string =>
        across((id, width) => {
          const { text, paint } = cell(row, id);
          return paint(text.padStart(width));
        });
      return [
        bold(`${''.padEnd(label)} ${head}`),
        ...rows.map((row) => `${row.padEnd(label)} ${line(row)}`.trimEnd()),
      ].join('\n');
    })
    .join('\n\n');
}
