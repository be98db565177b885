import { type Call, DONTUNMAP } from './calls.js';
import { CALL_NAMES, type CallName, type Release } from './release.js';
import { remembered } from './remembered.js';
import { env, initialState, RUNNING } from './state.js';
import {
  applies,
  appliesUndoing,
  type CallShape,
  type Cause,
  type CountCheck,
  type MayFail,
  type Step,
  shapeOf,
} from './step.js';

/** The steps that a call runs, in order, with loops resolved to indices. */
export interface Plan {
  /** Number among the plans of its machine. */
  readonly id: number;
  readonly steps: readonly Step[];
  /**
   * `run`, `count` and `mayFail` of each step. Steps are objects of dozens of shapes: to find a member in
   * each, at every step of every call, takes as long as half of them take to run.
   */
  readonly runs: readonly Step['run'][];
  readonly counts: readonly (CountCheck | undefined)[];
  readonly points: readonly (readonly MayFail[])[];
  /** For each step, its number in `Machine.steps`. */
  readonly numbers: readonly number[];
  /** For each step, the numbers of steps that are left out before it, since they would only pass on. */
  readonly leftOut: readonly (readonly number[])[];
  /** For each step, where the call goes on after it. */
  readonly next: readonly number[];
  readonly loops: boolean;
  /** How many of the first steps look at nothing but the headroom, the VMA at the old address and the old range, to refuse or pass on, and cannot be made to fail. */
  readonly looks: number;
  /** Calls with equal answers end alike in these steps. */
  readonly lookKey: (call: Call) => string;
  /** For each step, whether it is run only while a failed move is being undone; where something may fail. */
  readonly undoing?: readonly boolean[];
}

/** A release made ready to run. */
export interface Machine {
  readonly release: Release;
  /** Every step of every call; a tally counts by this order. @internal */
  readonly steps: readonly Step[];
  /** The steps that apply to a call; `mayFail`: those that may undo it among them. @internal */
  readonly plan: (call: Call, mayFail: boolean) => Plan;
  /**
   * The same without the steps that look at the arguments alone and find nothing to refuse.
   *
   * @param taskEnd first page after the address space
   * @internal
   */
  readonly leanPlan: (call: Call, taskEnd: number) => Plan;
  /** The causes that there are, if that is known; steps that are idle without the others are left out. @internal */
  readonly causes: ReadonlySet<Cause> | undefined;
  /** The same release where there are no causes but these; made once. @internal */
  readonly within: (causes: ReadonlySet<Cause>) => Machine;
}

/** A number for each shape. */
const shapeNumber = ({ flags, oldLenIsZero, growth }: CallShape): number =>
  (flags << 3) | (oldLenIsZero ? 4 : 0) | (1 + growth);

/** What a step may look at without doing anything. */
const LOOKS: ReadonlySet<Step['sees']> = new Set(['headroom', 'old address', 'old range']);
/** The same in a plan of which no step is left that the arguments alone make pass on. */
const LOOKS_OF_LEAN: ReadonlySet<Step['sees']> = new Set([...LOOKS, 'arguments']);

/** The part of the arguments that such a step looks at. */
export function seenBy({ sees }: Step, call: Call): string {
  const { addr } = call;
  if (sees === 'old address') return `at ${addr}`;
  if (sees === 'arguments') return JSON.stringify(call);
  if (call.call !== 'mremap') return '';
  if (sees === 'old range')
    return `at ${addr}, ${Math.min(Math.ceil(call.oldLen), Math.ceil(call.newLen))}`;
  return sees === 'headroom' ? `DONTUNMAP ${call.flags & DONTUNMAP}` : '';
}

/** Steps to which a loop goes back. */
const loopHeads = (steps: readonly Step[]): ReadonlySet<string> =>
  new Set(steps.flatMap(({ repeatFrom }) => repeatFrom ?? []));

const NO_HEADS: ReadonlySet<string> = new Set();

/** Which steps are left out where there are no causes but these. */
function idleSteps(
  steps: readonly Step[],
  causes: ReadonlySet<Cause> | undefined,
): readonly boolean[] {
  const heads = loopHeads(steps);
  return steps.map(
    ({ idleWithout, mayFail }, i) =>
      causes !== undefined &&
      idleWithout !== undefined &&
      !causes.has(idleWithout) &&
      !(mayFail !== undefined && causes.has('failures')) &&
      // What is left out is counted with the step behind it, which must not come by more often.
      !heads.has(steps[i + 1]?.name ?? ''),
  );
}

/** The places of the steps of a plan that look at the arguments alone and pass on. */
function passingOn({ steps, loops }: Plan, call: Call, taskEnd: number): readonly number[] {
  const state = initialState(env(0, taskEnd), [], [], call);
  const heads = loops ? loopHeads(steps) : NO_HEADS;
  const places: number[] = [];
  for (let i = 0; i < steps.length; i++) {
    const { sees, run } = steps[i] as Step;
    // Behind a step that may change something the arguments need not be those of the call any more.
    if (sees === undefined || sees === 'huge pages') break;
    if (sees !== 'arguments' || heads.has(steps[i + 1]?.name ?? '')) continue;
    if (run(state).result === RUNNING) places.push(i);
  }
  return places;
}

/** What is not in a plan. */
interface LeftOut {
  /** For each step, whether it is left out. */
  readonly out: readonly boolean[];
  /** For each step, what has been left out before it already. */
  readonly before?: Plan['leftOut'];
}

/** For each step that is kept, the numbers of those left out before it. */
function leftOutBefore(
  steps: readonly Step[],
  { out, before = [] }: LeftOut,
  numberOf: (step: Step) => number,
): Plan['leftOut'] {
  const leftOut: number[][] = [];
  let since: number[] = [];
  steps.forEach((step, i) => {
    since.push(...(before[i] ?? []));
    if (out[i] === true) since.push(numberOf(step));
    else {
      leftOut.push(since);
      since = [];
    }
  });
  return leftOut;
}

/** For each step, where the call goes on. */
function nextOf(steps: readonly Step[]): readonly number[] {
  return steps.map(({ name, repeatFrom }, i) => {
    if (repeatFrom === undefined) return i + 1;
    const target = steps.findIndex((other) => other.name === repeatFrom);
    if (target < 0) throw new RangeError(`step ${name} repeats from an unknown step`);
    return target;
  });
}

/**
 * The plan of some steps.
 *
 * @param id its number
 * @param all every step of the machine, by number
 * @param looksOf what its first steps may look at
 */
function planOf(
  id: number,
  all: readonly Step[],
  steps: readonly Step[],
  leftOut: LeftOut,
  looksOf: typeof LOOKS,
): Plan {
  const numberOf = (step: Step): number => all.indexOf(step);
  const kept = steps.filter((_, i) => leftOut.out[i] !== true);
  const behind = kept.findIndex(
    ({ sees, mayFail }) => sees === undefined || !looksOf.has(sees) || mayFail !== undefined,
  );
  const looks = behind < 0 ? kept.length : behind;
  return {
    id,
    steps: kept,
    runs: kept.map(({ run }) => run),
    counts: kept.map(({ count }) => count),
    points: kept.map(({ mayFail }) => mayFail ?? []),
    numbers: kept.map(numberOf),
    leftOut: leftOutBefore(steps, leftOut, numberOf),
    next: nextOf(kept),
    loops: kept.some(({ repeatFrom }) => repeatFrom !== undefined),
    looks,
    lookKey: (call) => [...new Set(kept.slice(0, looks).map((step) => seenBy(step, call)))].join(),
  };
}

/**
 * Prepares a release; a plan is made once, when the first call comes that has it.
 *
 * @param causes those that there are, if that is known
 */
export function machine(release: Release, causes?: ReadonlySet<Cause>): Machine {
  const { calls } = release;
  const all = CALL_NAMES.flatMap((call) => calls[call]);
  const simple = new Map<CallName, Plan>();
  const shaped: (Plan | undefined)[] = [];
  const lean = new Map<string, Plan>();
  const restricted = new Map<string, Machine>();
  let plans = 0;

  const made = (steps: readonly Step[], leftOut: LeftOut, looksOf = LOOKS): Plan =>
    planOf(plans++, all, steps, leftOut, looksOf);

  const withoutIdle = (steps: readonly Step[]): Plan =>
    made(steps, { out: idleSteps(steps, causes) });

  const mremapPlan = (shape: CallShape, mayFail: boolean): Plan => {
    const steps = calls.mremap.filter((step) => (mayFail ? appliesUndoing : applies)(step, shape));
    if (!mayFail) return withoutIdle(steps);
    return { ...made(steps, { out: [] }), undoing: steps.map((step) => !applies(step, shape)) };
  };

  const plan = (call: Call, mayFail: boolean): Plan => {
    if (call.call === 'mremap') {
      const shape = shapeOf(call);
      const number = (shapeNumber(shape) << 1) | Number(mayFail);
      shaped[number] ??= mremapPlan(shape, mayFail);
      return shaped[number];
    }
    return remembered(simple, call.call, () => withoutIdle(calls[call.call]));
  };

  return {
    release,
    steps: all,
    plan,
    leanPlan: (call, taskEnd) => {
      const full = plan(call, false);
      const { id, steps, leftOut } = full;
      const passing = passingOn(full, call, taskEnd);
      return remembered(lean, `${id} ${passing.join()}`, () => {
        const out = steps.map((_, place) => passing.includes(place));
        return made(steps, { out, before: leftOut }, LOOKS_OF_LEAN);
      });
    },
    causes,
    within: (there) =>
      remembered(restricted, [...there].sort().join(), () => machine(release, there)),
  };
}
