import type { Vmas } from '../../src/model/address-space.js';
import {
  endOf,
  idOf,
  isAccounted,
  isArmed,
  isLocked,
  isSealed,
  kindName,
  offsetOf,
  protName,
  startOf,
} from '../../src/model/vma.js';

/** Which VMA, by its place in the list, each page of the window belongs to; -1 for none. */
export function owners(vmas: Vmas, pages: number): number[] {
  const owner = new Array<number>(pages).fill(-1);
  vmas.forEach((vma, index) => {
    for (let page = startOf(vma); page < endOf(vma); page++) owner[page] = index;
  });
  return owner;
}

/**
 * What is mapped at each page of the window, page offset included, whatever VMAs it is cut into; an
 * empty text where nothing is.
 */
export function pageMap(vmas: Vmas, pages: number): string[] {
  const map = new Array<string>(pages).fill('');
  for (const vma of vmas) {
    for (let page = startOf(vma); page < endOf(vma); page++) {
      const offset = offsetOf(vma) + page - startOf(vma);
      const flags = [
        isAccounted(vma) ? ' account' : '',
        isLocked(vma) ? ' locked' : '',
        isSealed(vma) ? ' sealed' : '',
        isArmed(vma) ? ' armed' : '',
      ].join('');
      map[page] = `${kindName(vma)} ${protName(vma)} #${idOf(vma)} page ${offset}${flags}`;
    }
  }
  return map;
}

/** Whether the VMAs are in address order and none overlaps the next. */
export const isSortedAndDisjoint = (vmas: Vmas): boolean =>
  vmas.every((vma, i) => {
    const next = vmas[i + 1];
    return next === undefined || endOf(vma) <= startOf(next);
  });

/** The ranges of the VMAs, as `start-end`. */
export const spans = (vmas: Vmas): string[] => vmas.map((vma) => `${startOf(vma)}-${endOf(vma)}`);
