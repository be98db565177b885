import { releaseTables } from './release-tables.js';
import type { Style } from './style.js';

/** What a cell of the matrix says. */
export type Cell = 'holds' | 'fails' | 'untested' | 'unknown';

/** One verdict as the matrix needs it. */
export interface MatrixVerdict {
  readonly invariant: string;
  readonly release: string;
  readonly found: 'holds' | 'violated' | 'untested' | 'unknown';
  readonly expected: boolean;
  /** What a kernel says of it, in a sign. */
  readonly mark?: string;
}

const WORDS: Record<Cell, string> = { holds: 'holds', fails: 'fails', untested: '-', unknown: '?' };

/** Broken anywhere is broken; else not finished is unknown; else it holds if it was tested anywhere. */
export function cellOf(verdicts: readonly MatrixVerdict[]): Cell {
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
  s: Style,
): string {
  const asked = releases.filter((id) => verdicts.some((v) => v.release === id));
  const isAsked = (id: string, columns: readonly string[]): boolean =>
    verdicts.some((v) => v.invariant === id && columns.includes(v.release));
  const rows = invariants.filter((id) => isAsked(id, asked));
  if (asked.length === 0 || rows.length === 0) return '';
  const paint = { holds: s.good, fails: s.bad, untested: s.dim, unknown: s.dim };
  const cell = (invariant: string, release: string) => {
    const here = verdicts.filter((v) => v.invariant === invariant && v.release === release);
    if (here.length === 0) return { text: '', paint: (text: string) => text };
    const word = cellOf(here);
    const surprise = here.some((v) => !v.expected) ? '!' : '';
    const marks = here.map((v) => v.mark ?? '');
    const mark = marks.includes('~') ? '~' : marks.includes('*') ? '*' : '';
    return { text: `${surprise}${WORDS[word]}${mark}`, paint: paint[word] };
  };
  return releaseTables(
    asked,
    (columns) => rows.filter((invariant) => isAsked(invariant, columns)),
    cell,
    s,
  );
}
