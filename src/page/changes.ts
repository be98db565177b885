import { type Vmas, vmaAt } from '../model/address-space.js';
import { endOf, startOf } from '../model/vma.js';
import { changedAt } from '../report/strip.js';

/** What differs between two address spaces, by pages and by the borders between them. */
export interface Changes {
  readonly unmapped: readonly number[];
  readonly mapped: readonly number[];
  /** Mapped before and after, but by another VMA or with other attributes. */
  readonly altered: readonly number[];
  /** Borders that came within what was mapped and is, and that went. */
  readonly split: readonly number[];
  readonly merged: readonly number[];
}

const hasBorder = (vmas: Vmas, page: number): boolean =>
  vmas.some((vma) => startOf(vma) === page || endOf(vma) === page);

const within = (vmas: Vmas, page: number): boolean =>
  vmaAt(vmas, page - 1) !== undefined && vmaAt(vmas, page) !== undefined;

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export function changesOf(before: Vmas, after: Vmas, pages: number): Changes {
  const all = upTo(pages);
  const was = (page: number): boolean => vmaAt(before, page) !== undefined;
  const is = (page: number): boolean => vmaAt(after, page) !== undefined;
  const inner = all.filter((page) => page > 0 && within(before, page) && within(after, page));
  return {
    unmapped: all.filter((page) => was(page) && !is(page)),
    mapped: all.filter((page) => !was(page) && is(page)),
    altered: all.filter((page) => was(page) && is(page) && changedAt(before, after, page)),
    split: inner.filter((page) => !hasBorder(before, page) && hasBorder(after, page)),
    merged: inner.filter((page) => hasBorder(before, page) && !hasBorder(after, page)),
  };
}

/** `1, 3 to 5` */
function pagesText(pages: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < pages.length; ) {
    let last = i;
    while ((pages[last + 1] ?? Number.NaN) === (pages[last] as number) + 1) last++;
    parts.push(last === i ? `${pages[i]}` : `${pages[i]} to ${pages[last]}`);
    i = last + 1;
  }
  return parts.join(', ');
}

const some = (pages: readonly number[], text: (what: string) => string): string[] =>
  pages.length === 0 ? [] : [text(`${pages.length === 1 ? 'page' : 'pages'} ${pagesText(pages)}`)];

/** The same in words. */
export function changesText({ unmapped, mapped, altered, split, merged }: Changes): string {
  const quiet = split.length + merged.length > 0 ? [] : altered;
  return [
    ...some(unmapped, (what) => `${what} unmapped`),
    ...some(mapped, (what) => `${what} mapped`),
    ...some(split, (what) => `split before ${what}`),
    ...some(merged, (what) => `merged at ${what}`),
    ...some(quiet, (what) => `the VMA of ${what} changed`),
  ].join(', ');
}
