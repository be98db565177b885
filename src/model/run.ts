import type { Vmas } from './address-space.js';
import { type Call, DONTUNMAP, type MremapCall } from './calls.js';
import { CALL_NAMES, type CallName, type Release } from './release.js';
import { type Accounts, type Env, env, type Pages, RUNNING, State } from './state.js';
import { applies, appliesUndoing, type MayFail, needOf, type Step } from './step.js';

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
interface Failure {
  readonly step: Step;
  readonly point: MayFail;
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

/** Steps of one call shape, with loops resolved to indices. */
interface Plan {
  readonly steps: readonly Step[];
  /** For each step, its number in `Machine.steps`. */
  readonly numbers: readonly number[];
  /** For each step, where the call goes on after it. */
  readonly next: readonly number[];
  /** For each step, whether it is run only while a failed move is being undone; where something may fail. */
  readonly undoing?: readonly boolean[];
}

/** A release made ready to run. */
export interface Machine {
  readonly release: Release;
  /** Every step of every call; a tally counts by this order. */
  readonly steps: readonly Step[];
  /** The steps that apply to a call; `mayFail`: those that may undo it among them. */
  readonly plan: (call: Call, mayFail: boolean) => Plan;
}

function planFor(steps: readonly Step[], all: readonly Step[]): Plan {
  const next = steps.map((step, i) => {
    if (step.repeatFrom === undefined) return i + 1;
    const target = steps.findIndex((other) => other.name === step.repeatFrom);
    if (target < 0) throw new RangeError(`step ${step.name} repeats from an unknown step`);
    return target;
  });
  return { steps, numbers: steps.map((step) => all.indexOf(step)), next };
}

/** Flags, and whether the call shrinks, keeps or grows: all that guards look at. */
const shapeOf = (c: MremapCall): number =>
  (c.flags << 2) | (1 + Math.sign(Math.ceil(c.newLen) - Math.ceil(c.oldLen)));

/** Prepares a release; the plan for a shape of call is made once, when the first such call comes. */
export function machine(release: Release): Machine {
  const { calls } = release;
  const steps = CALL_NAMES.flatMap((call) => calls[call]);
  const simple = new Map<CallName, Plan>();
  const shaped: (Plan | undefined)[] = [];
  const mremapPlan = (call: MremapCall, mayFail: boolean): Plan => {
    if (!mayFail) {
      return planFor(
        calls.mremap.filter((step) => applies(step, call)),
        steps,
      );
    }
    const all = calls.mremap.filter((step) => appliesUndoing(step, call));
    return { ...planFor(all, steps), undoing: all.map((step) => !applies(step, call)) };
  };
  return {
    release,
    steps,
    plan: (call, mayFail) => {
      if (call.call === 'mremap') {
        const shape = (shapeOf(call) << 1) | Number(mayFail);
        shaped[shape] ??= mremapPlan(call, mayFail);
        return shaped[shape];
      }
      let plan = simple.get(call.call);
      if (plan === undefined) {
        plan = planFor(calls[call.call], steps);
        simple.set(call.call, plan);
      }
      return plan;
    },
  };
}

/** More than a call can take: a round of the loop has some 30 steps, and there are 64 pages to have VMAs. */
const MAX_STEPS = 4096;

/** Above every max_map_count; a small integer, since a recorder is cleared for each call. */
const NO_LIMIT = 2 ** 30;

/** What a run leaves behind beside its outcome; made once and used for many runs. */
export class Recorder {
  /** The steps run, by their numbers in `Machine.steps`, in order; as many as `count` says. */
  readonly steps = new Int32Array(MAX_STEPS);
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
  ran(number: number, step: Step, before: State, after: State, failed: boolean): void {
    this.steps[this.count++] = number;
    if (step.count !== undefined) {
      const passed = failed || (after.result === RUNNING && after.sourceKept === before.sourceKept);
      this.checked(before, needOf(before, step.count), passed);
    }
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
        if (!this.failing.includes(this.met++)) continue;
        this.failures.push({ step, point });
        return point.fails(s, time);
      }
    }
    return undefined;
  }
}

const NO_FAILURES: readonly Failure[] = [];

function initialState(limits: Env, vmas: Vmas, pages: Pages, call: Call): State {
  const isMremap = call.call === 'mremap';
  return new State(
    limits,
    call,
    call.addr,
    isMremap ? Math.ceil(call.oldLen) : call.len,
    isMremap ? call.newAddr : call.addr,
    isMremap ? Math.ceil(call.newLen) : call.len,
    vmas,
    vmas.length,
    pages,
    undefined,
    false,
    RUNNING,
  );
}

const micro = (
  step: Step,
  before: State,
  after: State,
  failed: MayFail | undefined,
): MicroStep => ({ step, before, after, ...(failed === undefined ? {} : { failed }) });

/**
 * Runs one call to its end: the transition function of the model. Pure but for what it
 * tells the recorder and the observer.
 *
 * @param vmas the address space, whose VMAs are all that map_count counts
 * @param pages tokens for the frames that are mapped
 * @param failing which of the points at which something may fail do so, counted from 0 as they are met
 */
export function run(
  on: Machine,
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  recorder?: Recorder,
  observer?: Observer,
  failing?: readonly number[],
): Outcome {
  const { steps, numbers, next, undoing } = on.plan(call, failing !== undefined);
  let state = initialState(limits, vmas, pages, call);
  let peak = state.mapCount;
  const choices = failing === undefined ? undefined : new Choices(failing);
  for (let i = 0; i < steps.length; ) {
    if (undoing?.[i] === true && state.undoing === 0) {
      i++;
      continue;
    }
    const step = steps[i] as Step;
    const before = state;
    const failed = choices?.take(step, before);
    state = failed ?? step.run(before);
    recorder?.ran(numbers[i] as number, step, before, state, failed !== undefined);
    observer?.(micro(step, before, state, failed && choices?.failures.at(-1)?.point));
    if (state.mapCount > peak) peak = state.mapCount;
    if (state.result !== RUNNING) {
      if (choices !== undefined && recorder !== undefined) recorder.points = choices.met;
      return {
        result: state.result,
        vmas: state.vmas,
        mapCount: state.mapCount,
        pages: state.pages,
        accounts: state.accounts,
        peak,
        step,
        stepNumber: numbers[i] as number,
        pieces: state.several?.pieces ?? 0,
        failures: choices?.failures ?? NO_FAILURES,
      };
    }
    i = next[i] as number;
  }
  throw new Error(`release ${on.release.id}: ${call.call} ran past its last step`);
}

/**
 * What decides a call that some step refuses for its arguments: that step and what those before it look
 * at. Calls with equal answers end alike in every address space and under every limit. Undefined for a
 * call that its arguments alone do not refuse, or not before the address space is looked at closely.
 *
 * @param hugePages whether there may be mappings of huge pages
 */
export function refusal(
  on: Machine,
  call: Call,
  taskEnd: number,
  hugePages: boolean,
): string | undefined {
  const state = initialState(env(0, taskEnd), [], [], call);
  const seen: (string | number)[] = [];
  for (const step of on.plan(call, false).steps) {
    if (step.sees === undefined || (step.sees === 'huge pages' && hugePages)) return undefined;
    if (step.sees === 'huge pages') continue;
    if (step.sees === 'old address') seen.push(step.name, call.addr);
    else if (step.sees === 'headroom') {
      seen.push(step.name, call.call === 'mremap' ? call.flags & DONTUNMAP : 0);
    } else if (step.run(state).result !== RUNNING) return [...seen, step.name].join(' ');
  }
  return undefined;
}

/** The same call with every step recorded. */
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
