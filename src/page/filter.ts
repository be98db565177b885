import { releaseById } from '../model/releases/index.js';
import { shortName } from '../report/release-name.js';
import { type Cell, cellAt } from './cells.js';
import { columns, comparisons, data, rows, variants } from './data.js';
import type { Route, Show } from './route.js';

const SHOWN: Record<Show, (cell: Cell) => boolean> = {
  all: () => true,
  fails: ({ word }) => word === 'fails',
  holds: ({ word }) => word === 'holds',
  untested: ({ word }) => word === 'untested' || word === 'unknown',
  unexpected: ({ surprise }) => surprise,
  confirmed: ({ kernel }) => kernel === 'confirmed',
  refuted: ({ kernel }) => kernel === 'refuted',
};

export const SHOW_TEXT: Record<Show, string> = {
  all: 'every verdict',
  fails: 'fails',
  holds: 'holds',
  untested: 'no case or not finished',
  unexpected: 'not as expected',
  confirmed: 'confirmed on a kernel',
  refuted: 'not confirmed on a kernel',
};

/** Whether a cell is one that is looked for; others stay, but step back. */
export const isShown = (cell: Cell, show: Show): boolean =>
  cell.word !== 'not asked' && SHOWN[show](cell);

/** Choices that could show anything in this report, and the one that a link has made. */
export const offered = (shows: readonly Show[], made: Show): readonly Show[] =>
  shows.filter(
    (show) =>
      show === made || data.confirmedOn !== null || !['confirmed', 'refuted'].includes(show),
  );

export const wordsOf = (q: string): readonly string[] =>
  q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

const every: readonly string[] = [
  ...new Set([...columns, ...variants, ...comparisons.flatMap(({ releases }) => releases)]),
];

/**
 * The releases that a word names: the one that stands for this kernel, such as `v6.14` or `7.2.11`, with its
 * variants, or all that begin so.
 */
function releasesOf(word: string): readonly string[] {
  if (!/^(v\d|\d+\.\d)/.test(word)) return [];
  const id = word.replace(/^v?/, 'v');
  // 7.2 is at the head of v7.2.6, and v7.2 the name of what begins with 7.2.11.
  const headed = every.find((one) => shortName(one) === word);
  const named = headed ?? releaseById(id)?.id ?? id;
  const exact = every.filter((one) => one === named || one.startsWith(`${named}[`));
  return exact.length > 0 ? exact : every.filter((one) => one.startsWith(id));
}

/** Whether all of the words are in some texts between them, or name one of the releases that they are about. */
export const hasAll = (
  words: readonly string[],
  texts: readonly string[],
  releases: readonly string[] = [],
): boolean => {
  const all = [...texts, ...releases].join('\n').toLowerCase();
  return words.every((word) => {
    const named = releasesOf(word);
    return named.length === 0 ? all.includes(word) : named.some((id) => releases.includes(id));
  });
};

/** What of the matrix is looked for: words such as `v6.12` choose releases, others promises. */
export function filtered({ q, show }: Pick<Route, 'q' | 'show'>) {
  const words = wordsOf(q);
  const releases = new Set(words.flatMap(releasesOf));
  const rest = words.filter((word) => releasesOf(word).length === 0);
  const chosen = (ids: readonly string[]): readonly string[] =>
    releases.size === 0 ? ids : ids.filter((id) => releases.has(id));
  const [across, odd] = [chosen(columns), chosen(variants)];
  const found = rows.filter(({ id, statement, source }) => {
    const cells = [...across, ...odd].map((release) => cellAt(id, release));
    const said = cells.flatMap(({ verdicts }) =>
      verdicts.flatMap((v) => [v.because, v.spec.file, v.spec.title, v.shown?.explanation ?? '']),
    );
    return (
      cells.some((cell) => isShown(cell, show)) && hasAll(rest, [id, statement, source, ...said])
    );
  });
  return { rows: found, columns: across, variants: odd };
}
