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

/** Broken anywhere is broken; else not finished is unknown; else it holds if it was tested anywhere. */
function cellOf(verdicts: readonly MatrixVerdict[]): Cell {
  const found = new Set(verdicts.map((v) => v.found));
  if (found.has('violated')) return 'fails';
  if (found.has('unknown')) return 'unknown';
  return found.has('holds') ? 'holds' : 'untested';
}

/** What a cell says, with a mark if some spec expects something else. */
interface Entry {
  readonly cell: Cell;
  readonly text: string;
}

function entryOf(here: readonly MatrixVerdict[]): Entry | undefined {
  if (here.length === 0) return undefined;
  const cell = cellOf(here);
  return { cell, text: `${here.some((v) => !v.expected) ? '!' : ''}${WORDS[cell]}` };
}

/** A release with its cells by invariant, and the columns that it takes. */
interface Column {
  readonly head: string;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly width: number;
}

function columnOf(verdicts: readonly MatrixVerdict[], release: string): Column {
  const here = verdicts.filter((v) => v.release === release);
  const entries = new Map<string, Entry>();
  for (const { invariant } of here) {
    const entry = entryOf(here.filter((v) => v.invariant === invariant));
    if (entry !== undefined) entries.set(invariant, entry);
  }
  const head = release.slice(1);
  const widest = Math.max(...[...entries.values()].map(({ text }) => text.length));
  return { head, entries, width: Math.max(head.length, WORDS.holds.length, widest) };
}

/** Releases side by side, and the invariants that some spec asks of one of them. */
interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly string[];
  /** Columns of the longest of the rows' names. */
  readonly label: number;
}

function tableOf(columns: readonly Column[], invariants: readonly string[]): Table {
  const rows = invariants.filter((id) => columns.some(({ entries }) => entries.has(id)));
  return { columns, rows, label: Math.max(0, ...rows.map((id) => id.length)) };
}

const widthOf = ({ columns, label }: Table): number =>
  columns.reduce((sum, { width }) => sum + 1 + width, label);

/** As many releases side by side as fit, the rest below. */
function tablesOf(columns: readonly Column[], invariants: readonly string[]): Table[] {
  const tables: Table[] = [];
  for (const column of columns) {
    const longer = tableOf([...(tables.at(-1)?.columns ?? []), column], invariants);
    if (tables.length > 0 && widthOf(longer) <= WIDTH) tables.pop();
    tables.push(widthOf(longer) <= WIDTH ? longer : tableOf([column], invariants));
  }
  return tables;
}

/** The verdicts of all specs on the releases, an invariant a row; empty where no spec asks. At most 80 columns wide. */
export function matrix(
  verdicts: readonly MatrixVerdict[],
  releases: readonly string[],
  invariants: readonly string[],
  { bold, good, bad, dim }: Style,
): string {
  const columns = releases
    .map((id) => columnOf(verdicts, id))
    .filter(({ entries }) => invariants.some((id) => entries.has(id)));
  const paint = { holds: good, fails: bad, untested: dim, unknown: dim };
  const cellText = ({ entries, width }: Column, invariant: string): string => {
    const entry = entries.get(invariant);
    return entry === undefined ? ' '.repeat(width) : paint[entry.cell](entry.text.padStart(width));
  };
  return tablesOf(columns, invariants)
    .map(({ columns: shown, rows, label }) =>
      [
        bold(
          `${' '.repeat(label)} ${shown.map(({ head, width }) => head.padStart(width)).join(' ')}`,
        ),
        ...rows.map((id) =>
          `${id.padEnd(label)} ${shown.map((column) => cellText(column, id)).join(' ')}`.trimEnd(),
        ),
      ].join('\n'),
    )
    .join('\n\n');
}
