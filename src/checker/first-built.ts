import type { Vmas } from '../model/address-space.js';
import type { Machine } from '../model/plan.js';
import type { SpaceBounds } from './bounds.js';
import { findHistory, type HistorySearch } from './history.js';
import { addressSpaces } from './spaces.js';

/** States that are searched for all of some places, at most: seconds, with nobody told of it. */
const MOST_STATES = 60_000;

/** A place of a finding, with its address space and how that comes about. */
export interface Built<P> {
  readonly place: P;
  readonly before: Vmas;
  readonly history: HistorySearch;
}

function firstWith<P extends { readonly space: number }>(
  on: Machine,
  bounds: SpaceBounds,
  places: readonly P[],
  nearOnly: boolean,
): Built<P> | undefined {
  const spaces = addressSpaces(bounds);
  let states = 0;
  for (const place of places) {
    const before = spaces.at(place.space);
    const history = findHistory(on, before, bounds.pages, { nearOnly });
    if (history.calls !== undefined) return { place, before, history };
    states += history.states;
    if (states > MOST_STATES) break;
  }
  return undefined;
}

/**
 * The first of some places whose address space a sequence of calls builds, in the plainest way if there is
 * a choice; if none is found, the first of all. Undefined if there is no place.
 *
 * @param places best first
 */
export function firstBuilt<P extends { readonly space: number }>(
  on: Machine,
  bounds: SpaceBounds,
  places: readonly P[],
): Built<P> | undefined {
  const [place] = places;
  if (place === undefined) return undefined;
  const built = firstWith(on, bounds, places, true) ?? firstWith(on, bounds, places, false);
  if (built !== undefined) return built;
  const before = addressSpaces(bounds).at(place.space);
  return { place, before, history: findHistory(on, before, bounds.pages) };
}
