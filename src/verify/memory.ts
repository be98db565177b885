import type { ReachBounds } from '../checker/bounds.js';
import type { Spec } from '../specs/spec.js';

/** What a process needs beside the states of a reach search: V8, effects and the address spaces between them. */
const FIXED = 192 * 2 ** 20;

/** Bytes that a state takes without its VMAs at its most (docs/performance.md). */
const STATE = 16;
const VMA = 2;

const bytesOfState = ({ pages }: ReachBounds): number => STATE + VMA * pages;

/** Bytes that a reach search takes at its most, from its bounds. */
export const reachBytes = (bounds: ReachBounds): number =>
  FIXED + bounds.maxStates * bytesOfState(bounds);

/** The states of a reach search that fit into so many bytes, at least one. */
export const statesWithin = (bytes: number, bounds: ReachBounds): number =>
  Math.max(1, Math.floor((bytes - FIXED) / bytesOfState(bounds)));

/**
 * The specs with reach searches that end, as incomplete, before they take more than so many bytes each.
 * All other searches store nothing that grows.
 */
export const specsWithin = (bytes: number, specs: readonly Spec[]): Spec[] =>
  specs.map((spec) => ({
    ...spec,
    checks: spec.checks.map((check) =>
      check.check === 'reach'
        ? {
            ...check,
            runs: check.runs.map(({ bounds, numbers }) => ({
              numbers,
              bounds: {
                ...bounds,
                maxStates: Math.min(bounds.maxStates, statesWithin(bytes, bounds)),
              },
            })),
          }
        : check,
    ),
  }));
