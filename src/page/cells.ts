import { type Asked, verdictsAt } from './data.js';

export type CellWord = 'fails' | 'holds' | 'untested' | 'unknown' | 'not asked';

/** What a cell of the matrix says of all verdicts in it. */
export interface Cell {
  readonly word: CellWord;
  readonly verdicts: readonly Asked[];
  /** Something is other than its spec says. */
  readonly surprise: boolean;
  /** What a kernel says: one that it does not bear out outweighs those that it does. */
  readonly kernel: 'confirmed' | 'refuted' | undefined;
  /** Pages of the largest window that was searched. */
  readonly pages: number;
}

/** Broken anywhere is broken; else not finished is unknown; else it holds if it was tested anywhere. */
function wordOf(verdicts: readonly Asked[]): CellWord {
  if (verdicts.length === 0) return 'not asked';
  const found = new Set(verdicts.map((v) => v.found));
  if (found.has('violated')) return 'fails';
  if (found.has('unknown')) return 'unknown';
  return found.has('holds') ? 'holds' : 'untested';
}

export function cellAt(invariant: string, release: string): Cell {
  const verdicts = verdictsAt(invariant, release);
  const states = verdicts.map(({ confirmation }) => confirmation?.state);
  return {
    word: wordOf(verdicts),
    verdicts,
    surprise: verdicts.some((v) => v.found !== 'unknown' && v.found !== v.expected),
    kernel: states.includes('refuted')
      ? 'refuted'
      : states.includes('confirmed')
        ? 'confirmed'
        : undefined,
    pages: Math.max(0, ...verdicts.map(({ check }) => check.pages)),
  };
}

/** As the matrix writes it. */
export const CELL_TEXT: Record<CellWord, string> = {
  fails: 'fails',
  holds: 'holds',
  untested: '–',
  unknown: '?',
  'not asked': '',
};

export const FOUND_TEXT: Record<Asked['found'], string> = {
  violated: 'fails',
  holds: 'holds',
  untested: 'no case',
  unknown: 'not finished',
};

/** Of which promise and release a cell is, and what else there is to say: behind what it shows. */
export function cellWords(invariant: string, release: string, cell: Cell): string {
  const { word, verdicts, surprise, kernel, pages } = cell;
  const place = `${invariant} on ${release}`;
  if (word === 'not asked') return `not asked: ${place}`;
  const broken = verdicts.filter((v) => v.found === 'violated').length;
  const checks = verdicts.length === 1 ? '1 check' : `${verdicts.length} checks`;
  return [
    `${word === 'untested' ? 'no call was a case of it: ' : ''}${place}`,
    word === 'fails' ? `in ${broken} of ${checks}` : `in ${checks}`,
    `up to ${pages} pages`,
    ...(surprise ? ['not as expected'] : []),
    ...(kernel === undefined
      ? []
      : [kernel === 'confirmed' ? 'confirmed on a kernel' : 'not confirmed on a kernel']),
  ].join(', ');
}
