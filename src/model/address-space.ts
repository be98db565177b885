import { endOf, reshaped, startOf, type Vma } from './vma.js';

/** The VMAs of an address space in address order, disjoint. Never modified in place. */
export type Vmas = readonly Vma[];

/** Index of the first VMA that ends after `page` (the kernel's find_vma), or the number of VMAs. */
export function findIndex(vmas: Vmas, page: number): number {
  let i = 0;
  while (i < vmas.length && endOf(vmas[i] as Vma) <= page) i++;
  return i;
}

/** The VMA that holds `page` (vma_lookup). */
export function vmaAt(vmas: Vmas, page: number): Vma | undefined {
  const vma = vmas[findIndex(vmas, page)];
  return vma !== undefined && startOf(vma) <= page ? vma : undefined;
}

/** Whether no VMA meets [start, end). */
export function isFree(vmas: Vmas, start: number, end: number): boolean {
  const vma = vmas[findIndex(vmas, start)];
  return vma === undefined || startOf(vma) >= end;
}

/** Whether [start, end) leaves something of one VMA on both of its sides. */
export function isStrictlyInside(vmas: Vmas, start: number, end: number): boolean {
  const vma = vmas[findIndex(vmas, start)];
  return vma !== undefined && startOf(vma) < start && end < endOf(vma);
}

/** Splits the VMA that has `page` in its inside; the same array where there is none. */
export function splitAt(vmas: Vmas, page: number): Vmas {
  const i = findIndex(vmas, page);
  const vma = vmas[i];
  if (vma === undefined || startOf(vma) >= page) return vmas;
  return spliced(vmas, i, 1, [reshaped(vma, startOf(vma), page), reshaped(vma, page, endOf(vma))]);
}

/** Takes out the VMAs that lie in [start, end); none may cross its borders. */
export function removeWithin(vmas: Vmas, start: number, end: number): Vmas {
  const first = findIndex(vmas, start);
  const after = findIndex(vmas, end);
  return first === after ? vmas : spliced(vmas, first, after - first, []);
}

/** Puts a VMA into free space, without merging. */
export const insert = (vmas: Vmas, vma: Vma): Vmas =>
  spliced(vmas, findIndex(vmas, startOf(vma)), 0, [vma]);

/** Puts another VMA in the place of the one that holds `page`. */
export const replaceAt = (vmas: Vmas, page: number, vma: Vma): Vmas =>
  spliced(vmas, findIndex(vmas, page), 1, [vma]);

/** A copy with `count` VMAs from `index` on replaced; Array.toSpliced, or to begin with a slice, is slower. */
export function spliced(vmas: Vmas, index: number, count: number, fresh: Vmas): Vmas {
  const copy: Vma[] = [];
  for (let i = 0; i < index; i++) copy.push(vmas[i] as Vma);
  for (let i = 0; i < fresh.length; i++) copy.push(fresh[i] as Vma);
  for (let i = index + count; i < vmas.length; i++) copy.push(vmas[i] as Vma);
  return copy;
}

/** The highest free range of `pages` pages below `end`, or undefined (get_unmapped_area, top-down). */
export function highestGap(vmas: Vmas, pages: number, end: number): number | undefined {
  let top = end;
  for (let i = vmas.length - 1; i >= 0; i--) {
    const vma = vmas[i] as Vma;
    if (top - endOf(vma) >= pages) return top - pages;
    top = startOf(vma);
  }
  return top >= pages ? top - pages : undefined;
}
