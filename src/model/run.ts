import type { Vmas } from './address-space.js';
import type { Call } from './calls.js';
import { type Branch, Choices } from './choices.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { Machine, Plan } from './plan.js';
import type { Recorder } from './recorder.js';
import { type Env, initialState, type Pages, RUNNING, type State } from './state.js';
import type { MayFail, Step } from './step.js';

/** One step as it was run. */
export interface MicroStep {
  readonly step: Step;
  readonly before: State;
  readonly after: State;
  /** What was made to fail in it. */
  readonly failed?: MayFail;
}

/** Told of each step as it is run, in order. */
export type Observer = (micro: MicroStep) => void;

const micro = (
  step: Step,
  before: State,
  after: State,
  failed: MayFail | undefined,
): MicroStep => ({ step, before, after, ...(failed === undefined ? {} : { failed }) });

/** How a run is followed, and what is made to fail in it. */
export interface Watched {
  /** Told what the outcome depends on. */
  readonly recorder?: Recorder | undefined;
  readonly observer?: Observer | undefined;
  /** Which of the points at which something may fail do so, counted from 0 as they are met. */
  readonly failing?: readonly number[] | undefined;
}

/**
 * Runs one call to its end: the transition function of the model. Pure but for what it
 * tells the recorder and the observer.
 *
 * @param vmas the address space, whose VMAs are all that map_count counts
 * @param pages tokens for the frames that are mapped
 */
export function run(
  on: Machine,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  { recorder, observer, failing }: Watched = {},
): Outcome {
  const plan = on.plan(call, failing !== undefined);
  if (observer === undefined && failing === undefined) {
    return runPlan(plan, limits, vmas, pages, call, recorder);
  }
  const state = initialState(limits, vmas, pages, call);
  const choices = failing === undefined ? undefined : new Choices(failing);
  return runWatched(plan, 0, state, state.mapCount, recorder, choices, observer);
}

/**
 * The same by a plan of the call that is known already, with nothing to fail.
 *
 * @param passed how many of the first steps are known to look and pass on
 */
export function runPlan(
  plan: Plan,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  recorder?: Recorder,
  passed = 0,
): Outcome {
  const { runs, counts, next, loops } = plan;
  if (loops) recorder?.skipped(passed);
  let state = initialState(limits, vmas, pages, call);
  let peak = state.mapCount;
  for (let i = passed; i < runs.length; i = next[i] as number) {
    const before = state;
    state = (runs[i] as Step['run'])(before);
    if (recorder !== undefined) {
      const count = counts[i];
      if (count !== undefined) recorder.ran(count, before, state, false);
      if (loops) recorder.places[recorder.count++] = i;
    }
    if (state === before) continue;
    if (state.mapCount > peak) peak = state.mapCount;
    if (state.result !== RUNNING) {
      recorder?.ended(plan, i, 0);
      return outcomeOf(state, peak, plan.steps[i] as Step, plan.numbers[i] as number);
    }
  }
  throw pastTheEnd(state);
}

/** The same where something may fail, or somebody looks. */
function runWatched(
  plan: Plan,
  from: number,
  begun: State,
  peakBefore: number,
  recorder: Recorder | undefined,
  choices: Choices | undefined,
  observer?: Observer,
): Outcome {
  const { steps, runs, counts, numbers, next, loops, undoing } = plan;
  let state = begun;
  let peak = peakBefore;
  for (let i = from; i < steps.length; ) {
    if (undoing?.[i] === true && state.undoing === 0) {
      i++;
      continue;
    }
    const before = state;
    const failed = choices?.take(plan, i, before, peak, recorder?.count ?? 0);
    state = failed ?? (runs[i] as Step['run'])(before);
    if (recorder !== undefined) {
      const count = counts[i];
      if (count !== undefined) recorder.ran(count, before, state, failed !== undefined);
      if (loops) recorder.places[recorder.count++] = i;
    }
    observer?.(micro(steps[i] as Step, before, state, failed && choices?.failures.at(-1)?.point));
    if (state.mapCount > peak) peak = state.mapCount;
    if (state.result !== RUNNING) {
      recorder?.ended(plan, i, choices?.met ?? 0);
      return outcomeOf(state, peak, steps[i] as Step, numbers[i] as number, choices?.failures);
    }
    i = next[i] as number;
  }
  throw pastTheEnd(begun);
}

const pastTheEnd = ({ call }: State): Error => new Error(`${call.call} ran past its last step`);

/**
 * A call in which nothing fails, or all that has failed is known, from where one point more does.
 *
 * @param recorder what it has recorded of the call up to the branch must still be there
 * @param branches filled with the points that come behind
 */
export function runBranch(
  plan: Plan,
  { point, place, state, peak, met, recorded, failures }: Branch,
  recorder: Recorder,
  branches: Branch[],
): Outcome {
  recorder.count = recorded;
  const choices = new Choices([point], branches, failures, met);
  return runWatched(plan, place, state, peak, recorder, choices);
}

/**
 * A call in which nothing is made to fail, by the plan for calls in which something may.
 *
 * @param branches filled with the points at which something could have
 */
export function runUnfailing(
  plan: Plan,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  recorder: Recorder,
  branches: Branch[],
): Outcome {
  const state = initialState(limits, vmas, pages, call);
  const choices = new Choices([], branches);
  return runWatched(plan, 0, state, state.mapCount, recorder, choices);
}

/** The outcome, if one of the first steps of the plan, which only look, refuses the call. */
export function refusedAtSight(
  plan: Plan,
  looks: number,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  recorder: Recorder,
): Outcome | undefined {
  const { runs, counts } = plan;
  const state = initialState(limits, vmas, pages, call);
  for (let i = 0; i < looks; i++) {
    const after = (runs[i] as Step['run'])(state);
    const count = counts[i];
    if (count !== undefined) recorder.ran(count, state, after, false);
    if (after !== state && after.result !== RUNNING) {
      recorder.skipped(i + 1);
      recorder.ended(plan, i, 0);
      return outcomeOf(after, after.mapCount, plan.steps[i] as Step, plan.numbers[i] as number);
    }
  }
  return undefined;
}

/**
 * Runs some of the steps of a plan without a loop, from a state on which those before have passed.
 *
 * @param to the place behind the last of them, unless one ends the call
 * @returns the state behind them, and by the recorder its place and the peak of map_count
 */
export function runPart(
  { runs }: Plan,
  from: number,
  to: number,
  before: State,
  recorder: Recorder,
): State {
  let state = before;
  let peak = state.mapCount;
  let i = from;
  while (i < to) {
    state = (runs[i] as Step['run'])(state);
    if (state.mapCount > peak) peak = state.mapCount;
    if (state.result !== RUNNING) break;
    i++;
  }
  recorder.at = i;
  recorder.peak = peak;
  return state;
}

/**
 * Runs one call to its end with every step recorded.
 *
 * @param on a release made ready by `machine`
 * @param limits what the call meets apart from the VMAs, made by `env`
 * @param vmas the address space, sorted by address
 * @param pages tokens for the frames that are mapped, as `frameTokens` names them
 * @param failing which of the points at which something may fail do so, counted from 0 as they are met
 * @throws ModelLimitError if the call leaves what a VMA word can hold
 */
export function observe(
  on: Machine,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  failing: readonly number[] = [],
): { readonly outcome: Outcome; readonly micro: readonly MicroStep[] } {
  const steps: MicroStep[] = [];
  const note = (one: MicroStep): void => void steps.push(one);
  const outcome = run(on, limits, vmas, pages, call, { observer: note, failing });
  return { outcome, micro: steps };
}
