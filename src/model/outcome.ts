import type { Vmas } from './address-space.js';
import { type Accounts, NO_CHANGE, NOT_FOLLOWED, type Pages, type State } from './state.js';
import type { MayFail, Step } from './step.js';

/** How a call ended. */
export interface Outcome {
  /** Page returned, or an errno negated. */
  readonly result: number;
  readonly vmas: Vmas;
  /** map_count after the call. */
  readonly mapCount: number;
  /** Where the frames are that were named when the call began. */
  readonly pages: Pages;
  /** What the call added to the counters of the process. */
  readonly accounts: Accounts;
  /** Highest map_count on the way, start and end included. */
  readonly peak: number;
  /** The step that ended the call, and its number in `Machine.steps`. */
  readonly step: Step;
  readonly stepNumber: number;
  /** VMAs that a move of several VMAs began with; 0 or 1 for every other call. */
  readonly pieces: number;
  /** What was made to fail on the way, in order. */
  readonly failures: readonly Failure[];
}

/** Something that was made to fail. */
export interface Failure {
  readonly step: Step;
  readonly point: MayFail;
  /** Its number among the points that the call meets, from 0: given again, the same fails again. */
  readonly at: number;
}

export const NO_FAILURES: readonly Failure[] = [];

/** The outcome of a call that has ended in a state. */
export const outcomeOf = (
  state: State,
  peak: number,
  step: Step,
  stepNumber: number,
  failures: readonly Failure[] = NO_FAILURES,
): Outcome => ({
  result: state.result,
  vmas: state.vmas,
  mapCount: state.mapCount,
  pages: state.pages,
  accounts: state.accounts,
  peak,
  step,
  stepNumber,
  pieces: state.several?.pieces ?? 0,
  failures,
});

/** An outcome of which only the result and the memory map are known. */
export const mapOutcome = (
  result: number,
  vmas: Vmas,
  step: Step,
  stepNumber: number,
  peak: number,
): Outcome => ({
  result,
  vmas,
  mapCount: vmas.length,
  pages: NOT_FOLLOWED,
  accounts: NO_CHANGE,
  peak,
  step,
  stepNumber,
  pieces: 0,
  failures: NO_FAILURES,
});
