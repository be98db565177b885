import type { Vmas } from '../model/address-space.js';
import { Errno, errnoName } from '../model/errno.js';
import type { Outcome } from '../model/outcome.js';
import type { Pages } from '../model/state.js';
import { endOf, startOf } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((value, i) => value === b[i]));

export const sameVmas = (a: Vmas, b: Vmas): boolean => sameNumbers(a, b);
export const samePages = (a: Pages, b: Pages): boolean => sameNumbers(a, b);

/** Same VMAs, same frames at the same pages. */
export const isUntouched = ({
  before,
  pages,
  outcome,
}: Pick<Transition, 'before' | 'pages' | 'outcome'>): boolean =>
  sameVmas(before, outcome.vmas) && samePages(pages, outcome.pages);

export const failed = (outcome: Outcome): boolean => outcome.result < 0;

/** Refused by a check of map_count, and not for want of memory in the same step. */
export const refusedForMapSlots = ({ result, step, failures }: Outcome): boolean =>
  result === -Errno.ENOMEM && step.count !== undefined && failures.at(-1)?.step !== step;

/** `1 page`, `-2 pages`. */
export const counted = (n: number, one: string): string =>
  `${n} ${Math.abs(n) === 1 ? one : `${one}s`}`;

const ranges = (pages: readonly number[]): string => {
  const parts: string[] = [];
  for (let i = 0; i < pages.length; i++) {
    const first = pages[i] as number;
    while (i + 1 < pages.length && pages[i + 1] === (pages[i] as number) + 1) i++;
    const last = pages[i] as number;
    parts.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return `${pages.length === 1 ? 'page' : 'pages'} ${parts.join(', ')}`;
};

const mappedPages = (vmas: Vmas): Set<number> => {
  const mapped = new Set<number>();
  for (const vma of vmas) for (let p = startOf(vma); p < endOf(vma); p++) mapped.add(p);
  return mapped;
};

/** What a failing call changed, in words. */
export function describeChange({ before, outcome }: Transition): string {
  const was = mappedPages(before);
  const is = mappedPages(outcome.vmas);
  const gone = [...was].filter((page) => !is.has(page));
  const fresh = [...is].filter((page) => !was.has(page));
  const parts: string[] = [];
  if (gone.length > 0) parts.push(`${ranges(gone)} unmapped`);
  if (fresh.length > 0) parts.push(`${ranges(fresh)} newly mapped`);
  if (before.length !== outcome.vmas.length) {
    parts.push(`${counted(before.length, 'VMA')} before, ${outcome.vmas.length} after`);
  }
  return parts.length > 0 ? parts.join('; ') : 'a VMA is changed';
}

/** What is promised of the calls that some invariants are about: everything is as it was. */
export const untouched: Pick<Invariant, 'holds' | 'explain'> = {
  holds: isUntouched,
  explain: (t) =>
    `${errnoName(-t.outcome.result)} from ${t.outcome.step.name}, yet ${describeChange(t)}`,
};
