import type { Vmas } from '../model/address-space.js';
import type { Machine } from '../model/plan.js';
import type { SpaceBounds } from './bounds.js';
import { findHistory, type HistorySearch } from './history.js';
import { addressSpaces } from './spaces.js';

/** Address spaces that are searched through for all of some places, at most: seconds, with nobody told of it. */
const MOST_STATES = 60_000;

/** A place of a finding, with its address space and how that comes about. */
export interface Built<P> {
  readonly place: P;
  readonly before: Vmas;
  readonly history: HistorySearch;
}

/**
 * The first of some places whose address space a sequence of calls builds; if none is found, the first of
 * all. Undefined if there is no place.
 *
 * @param places best first
 */
export function firstBuilt<P extends { readonly space: number }>(
  on: Machine,
  bounds: SpaceBounds,
  places: readonly P[],
): Built<P> | undefined {
  const spaces = addressSpaces(bounds);
  let first: Built<P> | undefined;
  let states = 0;
  for (const place of places) {
    const before = spaces.at(place.space);
    const history = findHistory(on, before, bounds.pages);
    const built = { place, before, history };
    if (history.calls !== undefined) return built;
    first ??= built;
    states += history.states;
    if (states > MOST_STATES) break;
  }
  return first;
}
