import type { Call } from './calls.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { Machine, Plan } from './plan.js';
import { initialState, RUNNING, type Shared, type State, withShared } from './state.js';
import type { Step } from './step.js';

/** A call between two of its steps, or at its end: what `run` does, for callers that let others run in between. */
export interface Pending {
  readonly plan: Plan;
  /** The step that comes next, by its place in the plan; the last one when the call has ended. */
  readonly at: number;
  readonly state: State;
}

/** A call before its first step. */
export const begin = (on: Machine, shared: Shared, call: Call): Pending => ({
  plan: on.plan(call, false),
  at: 0,
  state: withShared(initialState(shared.env, shared.vmas, shared.pages, call), shared),
});

/** The step that comes next, or that has ended the call. */
export const stepOf = ({ plan, at }: Pending): Step => plan.steps[at] as Step;
/** Its number in `Machine.steps`. */
export const stepNumberOf = ({ plan, at }: Pending): number => plan.numbers[at] as number;
export const hasEnded = ({ state }: Pending): boolean => state.result !== RUNNING;

/** Runs the next step in what is shared by now. */
export function advance(pending: Pending, shared: Shared): Pending {
  const { plan, at: place } = pending;
  const state = (plan.runs[place] as Step['run'])(withShared(pending.state, shared));
  const at = state.result === RUNNING ? (pending.plan.next[pending.at] as number) : pending.at;
  if (at === pending.plan.steps.length)
    throw new Error(`${state.call.call} ran past its last step`);
  return { plan: pending.plan, at, state };
}

/**
 * The outcome of a call that has ended.
 *
 * @param peak highest map_count while the call held the lock
 */
export const outcomeAt = (pending: Pending, peak: number): Outcome =>
  outcomeOf(pending.state, peak, stepOf(pending), stepNumberOf(pending));
