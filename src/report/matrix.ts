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
  const rows = invariants.filter((id) =>
    verdicts.some((v) => v.invariant === id && asked.includes(v.release)),
  );
  if (asked.length === 0 || rows.length === 0) return '';
  const label = Math.max(...rows.map((id) => id.length));
  const paint = { holds: good, fails: bad, untested: dim, unknown: dim };
  const cell = (invariant: string, release: string): string => {
    const here = verdicts.filter((v) => v.invariant === invariant && v.release === release);
    const width = Math.max(release.length - 1, 5);
    if (here.length === 0) return ''.padStart(width);
    const word = cellOf(here);
    const surprise = here.some((v) => !v.expected) ? '!' : '';
    return paint[word](`${surprise}${WORDS[word]}`.padStart(width));
  };
  const head = asked.map((id) => id.slice(1).padStart(Math.max(id.length - 1, 5))).join(' ');
  return [
    bold(`${''.padEnd(label)} ${head}`),
    ...rows.map((id) =>
      `${id.padEnd(label)} ${asked.map((release) => cell(id, release)).join(' ')}`.trimEnd(),
    ),
  ].join('\n');
}
