import type { Vmas } from './address-space.js';
import type { Call } from './calls.js';
import { Errno } from './errno.js';
import { type Machine, type Plan, seenBy } from './plan.js';
import {
  type Accounts,
  type Env,
  env,
  initialState,
  NO_CHANGE,
  NOT_FOLLOWED,
  type Pages,
  RUNNING,
  type Shared,
  type State,
  withShared,
} from './state.js';
import { type MayFail, needOf, type Step } from './step.js';

export { type Machine, machine } from './plan.js';

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

/** More than a call can take: a round of the loop has some 30 steps, and there are 64 pages to have VMAs. */
const MAX_STEPS = 4096;

/** Above every max_map_count; a small integer, since a recorder is cleared for each call. */
const NO_LIMIT = 2 ** 30;

/** What a run leaves behind beside its outcome; made once and used for many runs. */
export class Recorder {
  /** The plan that was run, and the place in it where the call ended. */
  plan: Plan | undefined;
  at = 0;
  /** Highest map_count of a part of a plan. */
  peak = 0;
  /** Of a plan with a loop, the places of the steps run, in order; as many as `count` says. */
  readonly places = new Int32Array(MAX_STEPS);
  count = 0;
  /** For mremap() and munmap(): the outcome is the same under every max_map_count from `from` to `to`. */
  from = 0;
  to = NO_LIMIT;
  /** Points at which something could have failed, or did; counted if `run` is told which are to fail. */
  points = 0;

  clear(): void {
    this.count = 0;
    this.points = 0;
    this.from = 0;
    this.to = NO_LIMIT;
  }

  /** Notes what a check of map_count says of other limits. */
  private checked(before: State, need: number, passed: boolean): void {
    const least = before.mapCount + need;
    if (!passed) this.to = Math.min(this.to, least - 1);
    else if (before.env.maxMapCount >= least) this.from = Math.max(this.from, least);
  }

  /** @param failed the step was made to fail, behind the check of map_count that it may have */
  ran(step: Step, before: State, after: State, failed: boolean): void {
    // What refuses for another reason has not come to the limit.
    if (step.count === undefined || after.result === -Errno.EINVAL) return;
    const passed = failed || (after.result === RUNNING && after.sourceKept === before.sourceKept);
    this.checked(before, needOf(before, step.count), passed);
  }

  /** So many of the first steps were run elsewhere. */
  skipped(steps: number): void {
    for (let place = 0; place < steps; place++) this.places[this.count++] = place;
  }

  ended(plan: Plan, at: number): void {
    this.plan = plan;
    this.at = at;
  }
}

/** Points of one call at which something may fail, told apart by the order in which they are met. */
class Choices {
  met = 0;
  readonly failures: Failure[] = [];

  constructor(private readonly failing: readonly number[]) {}

  /** The state after a step in which something is made to fail, or undefined. */
  take(step: Step, s: State): State | undefined {
    for (const point of step.mayFail ?? []) {
      const times = point.times(s);
      for (let time = 0; time < times; time++) {
        const at = this.met++;
        if (!this.failing.includes(at)) continue;
        this.failures.push({ step, point, at });
        return point.fails(s, time);
      }
    }
    return undefined;
  }
}

const NO_FAILURES: readonly Failure[] = [];

const micro = (
  step: Step,
  before: State,
  after: State,
  failed: MayFail | undefined,
): MicroStep => ({ step, before, after, ...(failed === undefined ? {} : { failed }) });

const outcomeOf = (
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

/**
 * Runs one call to its end: the transition function of the model. Pure but for what it
 * tells the recorder and the observer.
 *
 * @param vmas the address space, whose VMAs are all that map_count counts
 * @param pages tokens for the frames that are mapped
 * @param failing which of the points at which something may fail do so, counted from 0 as they are met
 */
export const run = (
  on: Machine,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  recorder?: Recorder,
  observer?: Observer,
  failing?: readonly number[],
): Outcome =>
  runPlan(
    on.plan(call, failing !== undefined),
    limits,
    vmas,
    pages,
    call,
    recorder,
    0,
    observer,
    failing,
  );

/**
 * The same by a plan of the call that is known already.
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
  observer?: Observer,
  failing?: readonly number[],
): Outcome {
  const { steps, numbers, next, loops, undoing } = plan;
  const choices = failing === undefined ? undefined : new Choices(failing);
  let state = initialState(limits, vmas, pages, call);
  let peak = state.mapCount;
  if (loops) recorder?.skipped(passed);
  for (let i = passed; i < steps.length; ) {
    const step = steps[i] as Step;
    if (undoing?.[i] === true && state.undoing === 0) {
      i++;
      continue;
    }
    const before = state;
    const failed = choices?.take(step, before);
    state = failed ?? step.run(before);
    if (recorder !== undefined) {
      if (step.count !== undefined) recorder.ran(step, before, state, failed !== undefined);
      if (loops) recorder.places[recorder.count++] = i;
    }
    observer?.(micro(step, before, state, failed && choices?.failures.at(-1)?.point));
    if (state.mapCount > peak) peak = state.mapCount;
    if (state.result !== RUNNING) {
      if (recorder !== undefined) {
        recorder.ended(plan, i);
        recorder.points = choices?.met ?? 0;
      }
      return outcomeOf(state, peak, step, numbers[i] as number, choices?.failures);
    }
    i = next[i] as number;
  }
  throw new Error(`${call.call} ran past its last step`);
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
  const { steps, numbers } = plan;
  const state = initialState(limits, vmas, pages, call);
  for (let i = 0; i < looks; i++) {
    const step = steps[i] as Step;
    const after = step.run(state);
    recorder.ran(step, state, after, false);
    if (after.result !== RUNNING) {
      recorder.skipped(i + 1);
      recorder.ended(plan, i);
      return outcomeOf(after, after.mapCount, step, numbers[i] as number);
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
  { steps }: Plan,
  from: number,
  to: number,
  before: State,
  recorder: Recorder,
): State {
  let state = before;
  let peak = state.mapCount;
  let i = from;
  while (i < to) {
    state = (steps[i] as Step).run(state);
    if (state.mapCount > peak) peak = state.mapCount;
    if (state.result !== RUNNING) break;
    i++;
  }
  recorder.at = i;
  recorder.peak = peak;
  return state;
}

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
  const state = stepOf(pending).run(withShared(pending.state, shared));
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

/**
 * What decides a call that some step refuses for its arguments: that step and what those before it look
 * at. Calls with equal answers end alike in every address space and under every limit. Undefined for a
 * call that its arguments alone do not refuse, or not before the address space is looked at closely.
 */
export function refusal(on: Machine, call: Call, taskEnd: number): string | undefined {
  const state = initialState(env(0, taskEnd), [], [], call);
  const seen: string[] = [];
  for (const step of on.plan(call, false).steps) {
    if (step.sees === undefined || step.sees === 'huge pages') return undefined;
    if (step.sees !== 'arguments') seen.push(step.name, seenBy(step, call));
    else if (step.run(state).result !== RUNNING) return [...seen, step.name].join(' ');
  }
  return undefined;
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
  const outcome = run(on, limits, vmas, pages, call, undefined, note, failing);
  return { outcome, micro: steps };
}
