import type { Style } from './style.js';

/** What a cell of the matrix says. */
type Cell = 'holds' | 'fails' | 'untested' | 'unknown';

/** One verdict as the matrix needs it. */
export interface MatrixVerdict {
  readonly invariant: string;
  readonly release: string;
  readonly found: 'holds' | 'violated' | 'untested' | 'unknown';
  readonly expected: boolean;
}

const WORDS: Record<Cell, string> = { holds: 'holds', fails: 'fails', untested: '-', unknown: '?' };

const WIDTH = 80;

/** Columns of a release: its id without the v, or a word of the table. */
const widthOf = (release: string): number => Math.max(release.length - 1, 5);

/** Broken anywhere is broken; else not finished is unknown; else it holds if it was tested anywhere. */
function cellOf(verdicts: readonly MatrixVerdict[]): Cell {
  const found = new Set(verdicts.map((v) => v.found));
  if (found.has('violated')) return 'fails';
  if (found.has('unknown')) return 'unknown';
  return found.has('holds') ? 'holds' : 'untested';
}

/** The verdicts of all specs on the releases, an invariant a row; empty where no spec asks. */
export function matrix(
  verdicts: readonly MatrixVerdict[],
  releases: readonly string[],
  invariants: readonly string[],
  { bold, good, bad, dim }: Style,
): string {
  const asked = releases.filter((id) => verdicts.some((v) => v.release === id));
  const isAsked = (id: string, columns: readonly string[]): boolean =>
    verdicts.some((v) => v.invariant === id && columns.includes(v.release));
  const rows = invariants.filter((id) => isAsked(id, asked));
  if (asked.length === 0 || rows.length === 0) return '';
  const label = Math.max(...rows.map((id) => id.length));
  const paint = { holds: good, fails: bad, untested: dim, unknown: dim };
  const cell = (invariant: string, release: string): string => {
    const here = verdicts.filter((v) => v.invariant === invariant && v.release === release);
    const width = widthOf(release);
    if (here.length === 0) return ''.padStart(width);
    const word = cellOf(here);
    const surprise = here.some((v) => !v.expected) ? '!' : '';
    return paint[word](`${surprise}${WORDS[word]}`.padStart(width));
  };
  const table = (columns: readonly string[]): string => {
    const head = columns.map((id) => id.slice(1).padStart(widthOf(id))).join(' ');
    return [
      bold(`${''.padEnd(label)} ${head}`),
      ...rows
        .filter((invariant) => isAsked(invariant, columns))
        .map((invariant) =>
          `${invariant.padEnd(label)} ${columns.map((id) => cell(invariant, id)).join(' ')}`.trimEnd(),
        ),
    ].join('\n');
  };
  return tablesOf(asked, WIDTH - label)
    .map(table)
    .join('\n\n');
}

/** As many releases side by side as fit, the rest below. */
function tablesOf(releases: readonly string[], width: number): string[][] {
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
