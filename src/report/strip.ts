import { type Vmas, vmaAt } from '../model/address-space.js';
import {
  endOf,
  isFaulted,
  isShared,
  type KindName,
  kindName,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';

const LETTERS: Record<KindName, string> = {
  anon: 'a',
  fpriv: 'p',
  fshared: 's',
  shm: 'm',
  ramfs: 'x',
  special: 'v',
  hugetlb: 'h',
};

/** The letter of a VMA in a strip: its kind; a capital where it is writable. */
function letterOf(vma: Vma): string {
  const letter = LETTERS[kindName(vma)];
  return protName(vma) === 'rw' ? letter.toUpperCase() : letter;
}

const isBorder = (vmas: Vmas, page: number): boolean =>
  vmas.some((vma) => startOf(vma) === page || endOf(vma) === page);

/**
 * An address space as a row of pages, two columns each: the letter of the VMA, or a dot where nothing
 * is mapped; `|` stands at every border of a VMA.
 */
export function strip(vmas: Vmas, pages: number): string {
  let row = '';
  for (let page = 0; page <= pages; page++) {
    row += isBorder(vmas, page) ? '|' : ' ';
    if (page < pages) {
      const vma = vmaAt(vmas, page);
      row += vma === undefined ? '.' : letterOf(vma);
    }
  }
  return row;
}

/** Page numbers over a strip, last digits only. */
export function ruler(pages: number): string {
  let row = ' ';
  for (let page = 0; page < pages; page++) row += `${page % 10} `;
  return row;
}

/** A row under a strip with a mark at each page that has one. */
export function marks(pages: number, markOf: (page: number) => string): string {
  let row = ' ';
  for (let page = 0; page < pages; page++) row += `${markOf(page)} `;
  return row.trimEnd();
}

const same = (a: Vma | undefined, b: Vma | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && (a ^ b) >>> 12 === 0);

const edges = (vma: Vma | undefined): string =>
  vma === undefined ? '' : `${startOf(vma)}-${endOf(vma)}`;

/** Whether a page is mapped differently, or by a VMA with other borders. */
export const changedAt = (before: Vmas, after: Vmas, page: number): boolean => {
  const was = vmaAt(before, page);
  const is = vmaAt(after, page);
  return !same(was, is) || edges(was) !== edges(is);
};

/** What the letters of some strips mean. */
export function legend(spaces: readonly Vmas[]): string {
  const seen = new Map<string, string>();
  for (const vma of spaces.flat()) {
    const populated = !isShared(vma) && isFaulted(vma) ? ', populated' : '';
    const words = `${kindName(vma)} ${protName(vma)}`;
    const letter = letterOf(vma);
    const known = seen.get(letter);
    if (known === undefined || !known.includes('populated')) seen.set(letter, words + populated);
  }
  return [...seen.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([letter, words]) => `${letter} ${words}`)
    .concat('. free')
    .join(', ');
}
