import type { Call } from '../model/calls.js';
import type { Env } from '../model/state.js';
import type { Vma } from '../model/vma.js';

/** How an address space comes about. */
export interface SetupData {
  /** Pages of the window. */
  readonly pages: number;
  /** Calls that build it; null if none were found. */
  readonly setup: readonly Call[] | null;
  /** Every sequence of the calls tried was searched. */
  readonly exhausted: boolean;
  readonly before: readonly Vma[];
}

/** One call in one address space. */
export interface CaseData extends SetupData {
  readonly limits: Env;
  /** The limit holds for the set-up too. */
  readonly limitedFromStart: boolean;
  readonly call: Call;
  /** Which of the points at which something may fail do so. */
  readonly failing: readonly number[];
}
