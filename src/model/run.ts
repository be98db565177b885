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
import { type CountCheck, type MayFail, needOf, type Step } from './step.js';

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

  /** @param failed the step was made to fail, behind its check of map_count */
  ran(count: CountCheck, before: State, after: State, failed: boolean): void {
    // What refuses for another reason has not come to the limit.
    if (after.result === -Errno.EINVAL) return;
    const passed = failed || (after.result === RUNNING && after.sourceKept === before.sourceKept);
    this.checked(before, needOf(before, count), passed);
  }

  /** So many of the first steps were run elsewhere. */
  skipped(steps: number): void {
    for (let place = 0; place < steps; place++) this.places[this.count++] = place;
  }

  /** @param points those met at which something could have failed, or did */
  ended(plan: Plan, at: number, points: number): void {
    this.plan = plan;
    this.at = at;
    this.points = points;
  }
}

/** A call before a step with a point of failure that it has passed: from here on it is another if that fails. */
export interface Branch {
  /** The number of the point. */
  readonly point: number;
  readonly place: number;
  readonly state: State;
  readonly peak: number;
  /** Points met, and places recorded, before the step. */
  readonly met: number;
  readonly recorded: number;
  readonly failures: readonly Failure[];
}

/** Points of one call at which something may fail, told apart by the order in which they are met. */
class Choices {
  readonly failures: Failure[];

  /**
   * @param failing which of them do, least first
   * @param branches filled with those behind the last of them
   */
  constructor(
    private readonly failing: readonly number[],
    private readonly branches?: Branch[],
    failures: readonly Failure[] = NO_FAILURES,
    public met = 0,
  ) {
    this.failures = [...failures];
  }

  /** The state after a step in which something is made to fail, or undefined. */
  take(plan: Plan, place: number, state: State, peak: number, recorded: number): State | undefined {
    const points = plan.points[place] as readonly MayFail[];
    if (points.length === 0) return undefined;
    const { failing, failures, branches, met } = this;
    const last = failing.length === 0 ? -1 : (failing[failing.length - 1] as number);
    for (const point of points) {
      const times = point.times(state);
      for (let time = 0; time < times; time++) {
        const at = this.met++;
        if (at > last) branches?.push({ point: at, place, state, peak, met, recorded, failures });
        else if (failing.includes(at)) {
          failures.push({ step: plan.steps[place] as Step, point, at });
          return point.fails(state, time);
        }
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
  const state = initialState(limits, vmas, pages, call);
  if (plan.loops) recorder?.skipped(passed);
  if (observer === undefined && failing === undefined) {
    return runPlain(plan, passed, state, recorder);
  }
  const choices = failing === undefined ? undefined : new Choices(failing);
  return runWatched(plan, passed, state, state.mapCount, recorder, choices, observer);
}

/** From a place on to the end, with nothing to fail and nobody who looks. */
function runPlain(plan: Plan, from: number, begun: State, recorder: Recorder | undefined): Outcome {
  const { runs, counts, next, loops } = plan;
  let state = begun;
  let peak = state.mapCount;
  for (let i = from; i < runs.length; i = next[i] as number) {
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
  throw pastTheEnd(begun);
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

/**
 * What decides a call that some step refuses for its arguments: that step and what those before it look
 * at. Calls with equal answers end alike in every address space and under every limit. Undefined for a
 * call that its arguments alone do not refuse, or not before the address space is looked at closely.
 */
export function refusal(on: Machine, call: Call, taskEnd: number): string | undefined {
  const state = initialState(env(0, taskEnd), [], [], call);
  const { steps } = on.plan(call, false);
  for (let place = 0; place < steps.length; place++) {
    const step = steps[place] as Step;
    if (step.sees === undefined || step.sees === 'huge pages') return undefined;
    if (step.sees !== 'arguments' || step.run(state).result === RUNNING) continue;
    const before = steps.slice(0, place).filter(({ sees }) => sees !== 'arguments');
    return [...before.flatMap((one) => [one.name, seenBy(one, call)]), step.name].join(' ');
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
