import type { Vmas } from '../model/address-space.js';
import type { Pages } from '../model/state.js';
import { endOf, isAway, MAX_PAGES, ModelLimitError, startOf, type Vma } from '../model/vma.js';

/** By page, how many pages what is mapped there is behind where it was written; 0 where it is not away. */
export type Distances = readonly number[];

export const AT_HOME: Distances = new Array<number>(MAX_PAGES).fill(0);

/** That of a VMA that is away, all of it alike: what it has grown by was nowhere else. */
function distanceOf(vma: Vma, before: Distances, pages: Pages): number {
  let found = 0;
  for (let page = startOf(vma); page < endOf(vma); page++) {
    const token = pages[page] ?? 0;
    const from = token === 0 ? page : token - 1;
    const distance = (before[from] ?? 0) + page - from;
    if (distance !== 0) found = distance;
    else if (from !== page) {
      throw new ModelLimitError('a private file mapping has come back to where it was written');
    }
  }
  return found;
}

/**
 * The same after a call. A VMA word holds no more than that a private file mapping is away, not how far: of
 * one that has come back the model does not know it. Throws ModelLimitError.
 *
 * @param pages after a call that began with `FRAMES`
 */
export function distancesAfter(before: Distances, vmas: Vmas, pages: Pages): Distances {
  if (!vmas.some(isAway)) return AT_HOME;
  const after = AT_HOME.slice();
  for (const vma of vmas.filter(isAway)) {
    after.fill(distanceOf(vma, before, pages), startOf(vma), endOf(vma));
  }
  return after;
}
