import { MAX_PAGES } from '../model/vma.js';
import type { ReachBounds, SpaceBounds } from './bounds.js';

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function checkPages({ pages }: Pick<SpaceBounds, 'pages'>): void {
  if (!isWhole(pages, 1, MAX_PAGES)) {
    throw new RangeError(`pages: found ${pages}, expected a whole number from 1 to ${MAX_PAGES}`);
  }
}

/** Bounds between which there is nothing would have every promise hold. Throws RangeError. */
export function checkBounds(
  bounds: Pick<SpaceBounds, 'pages'> & { readonly limits: readonly [number, number] },
): void {
  checkPages(bounds);
  const [least, greatest] = bounds.limits;
  if (!(least <= greatest)) {
    throw new RangeError(`limits: found [${least}, ${greatest}], expected the lesser limit first`);
  }
}

/** The same of a reach search. */
export const checkReachBounds = (bounds: ReachBounds): void => checkPages(bounds);

/** Throws RangeError where `part` is not one of `parts`. */
export function checkPart(part: number, parts: number): void {
  if (!isWhole(parts, 1, Number.MAX_SAFE_INTEGER) || !isWhole(part, 0, parts - 1)) {
    throw new RangeError(`found part ${part} of ${parts}, expected one from 0 to below ${parts}`);
  }
}
