import type { TaskResult } from './execute.js';

/** Where results of units of work are kept beside memory, so that a search can go on after an end, or elsewhere. */
export interface Store {
  /**
   * Results that there are already, with the number of their unit, one after the other; some may come
   * twice. Those of slices are in the order in which they were kept. To be gone through as often as need be.
   */
  readonly known: Iterable<readonly [unit: number, result: TaskResult]>;
  /** Whether a unit is to be done here. */
  readonly mine: (unit: number) => boolean;
  /** Told of each result as it comes; of a unit that is done in slices, of these first. */
  readonly keep: (unit: number, result: TaskResult) => void;
}

/** Nothing is known, all is to be done here, and memory is enough. */
export const IN_MEMORY: Store = { known: [], mine: () => true, keep: () => {} };
