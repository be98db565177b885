import type { Style } from './style.js';

/** What stands in a row and a column. */
export interface TableCell {
  /** At most five letters. */
  readonly text: string;
  readonly paint: (text: string) => string;
}

const WIDTH = 80;

/** Columns of a release: its id without the v, or a word of the table. */
const widthOf = (release: string): number => Math.max(release.length - 1, 5);

/**
 * A table with releases across, of at most 80 columns: as many side by side as fit, the rest below.
 *
 * @param rowsFor which rows the table of some releases has
 */
export function releaseTables(
  releases: readonly string[],
  rowsFor: (releases: readonly string[]) => readonly string[],
  cell: (row: string, release: string) => TableCell,
  { bold }: Style,
): string {
  const label = Math.max(...rowsFor(releases).map((row) => row.length));
  const table = (columns: readonly string[]): string => {
    const head = columns.map((id) => id.slice(1).padStart(widthOf(id))).join(' ');
    const line = (row: string): string =>
      columns
        .map((id) => {
          const { text, paint } = cell(row, id);
          return paint(text.padStart(widthOf(id)));
        })
        .join(' ');
    return [
      bold(`${''.padEnd(label)} ${head}`),
      ...rowsFor(columns).map((row) => `${row.padEnd(label)} ${line(row)}`.trimEnd()),
    ].join('\n');
  };
  return columnsOf(releases, WIDTH - label)
    .map(table)
    .join('\n\n');
}

/** The releases of each table. */
function columnsOf(releases: readonly string[], width: number): string[][] {
  const tables: string[][] = [];
  let left = 0;
  for (const id of releases) {
    const needed = widthOf(id) + 1;
    if (tables.length === 0 || needed > left) {
      tables.push([]);
      left = width;
    }
    tables[tables.length - 1]?.push(id);
    left -= needed;
  }
  return tables;
}
