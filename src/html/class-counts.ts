import type { EnumerateBounds } from '../checker/bounds.js';
import { coarseClasses } from '../checker/coarse.js';
import { comparePart } from '../checker/compare.js';
import type { ClassCounts } from './data.js';
import type { Gathering } from './gathering.js';
import type { WrittenCheck } from './verify-file.js';

/** Larger windows take longer than all the rest of the page together. */
const LARGEST = 4;

/** How many classes of differences there are in smaller windows than the one that was searched. */
export function classCounts(
  { releases, bounds, classes }: Extract<WrittenCheck, { check: 'compare' }>,
  gathering: Gathering,
): ClassCounts {
  const [first, second] = releases;
  const on = [gathering.on(first), gathering.on(second)] as const;
  const smaller = Array.from({ length: Math.min(LARGEST, bounds.pages - 1) }, (_, i) => i + 1);
  const points = smaller.map((pages) => {
    const within = { ...bounds, pages, vmas: Math.min(pages, bounds.vmas) } as EnumerateBounds;
    return { pages, classes: coarseClasses(comparePart(on, within).classes).length };
  });
  const found = classes.filter(({ state }) => state !== 'missing').length;
  return { releases, points: [...points, { pages: bounds.pages, classes: found }] };
}
