import type { Call, MremapCall } from './calls.js';
import { CALL_NAMES, type CallName, type Release } from './release.js';
import { env, initialState, RUNNING } from './state.js';
import { applies, appliesUndoing, type Cause, type Step } from './step.js';

/** The steps that a call runs, in order, with loops resolved to indices. */
export interface Plan {
  /** Number among the plans of its machine. */
  readonly id: number;
  readonly steps: readonly Step[];
  /** For each step, its number in `Machine.steps`. */
  readonly numbers: readonly number[];
  /** For each step, the numbers of steps that are left out before it, since they would only pass on. */
  readonly leftOut: readonly (readonly number[])[];
  /** For each step, where the call goes on after it. */
  readonly next: readonly number[];
  readonly loops: boolean;
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
  /**
   * The same without the steps that only pass on: those that look at the arguments alone, and find
   * nothing to refuse, and those that have none of the causes to refuse for that there are.
   *
   * @param taskEnd first page after the address space
   */
  readonly leanPlan: (call: Call, taskEnd: number, causes: ReadonlySet<Cause>) => Plan;
}

/** Flags, and whether the call shrinks, keeps or grows: all that guards look at. */
const shapeOf = (c: MremapCall): number =>
  (c.flags << 2) | (1 + Math.sign(Math.ceil(c.newLen) - Math.ceil(c.oldLen)));

/** Which steps of a plan only pass on. */
function passingOn(
  steps: readonly Step[],
  call: Call,
  taskEnd: number,
  causes: ReadonlySet<Cause>,
): readonly boolean[] {
  const state = initialState(env(0, taskEnd), [], [], call);
  const targets = new Set(steps.flatMap(({ repeatFrom }) => repeatFrom ?? []));
  // Behind such a step, or in a loop, the arguments are no longer those of the call.
  let asGiven = true;
  return steps.map((step, i) => {
    if (targets.has(step.name)) asGiven = false;
    // What is left out is counted with the step behind it, which must not come by more often.
    if (targets.has(steps[i + 1]?.name ?? '')) return false;
    if (step.sees === 'huge pages' && causes.has('huge pages')) asGiven = false;
    const { idleWithout: cause } = step;
    if (cause !== undefined && !causes.has(cause)) return true;
    return asGiven && step.sees === 'arguments' && step.run(state).result === RUNNING;
  });
}

/** Prepares a release; a plan is made once, when the first call comes that has it. */
export function machine(release: Release): Machine {
  const { calls } = release;
  const all = CALL_NAMES.flatMap((call) => calls[call]);
  const plans: Plan[] = [];
  const simple = new Map<CallName, Plan>();
  const shaped: (Plan | undefined)[] = [];
  const lean = new Map<string, Plan>();

  const planOf = (steps: readonly Step[], out: readonly boolean[] = []): Plan => {
    const kept = steps.filter((_, i) => out[i] !== true);
    const leftOut: number[][] = [];
    let before: number[] = [];
    steps.forEach((step, i) => {
      if (out[i] === true) before.push(all.indexOf(step));
      else {
        leftOut.push(before);
        before = [];
      }
    });
    const next = kept.map(({ name, repeatFrom }, i) => {
      if (repeatFrom === undefined) return i + 1;
      const target = kept.findIndex((other) => other.name === repeatFrom);
      if (target < 0) throw new RangeError(`step ${name} repeats from an unknown step`);
      return target;
    });
    const plan: Plan = {
      id: plans.length,
      steps: kept,
      numbers: kept.map((step) => all.indexOf(step)),
      leftOut,
      next,
      loops: kept.some(({ repeatFrom }) => repeatFrom !== undefined),
    };
    plans.push(plan);
    return plan;
  };

  const mremapPlan = (call: MremapCall, mayFail: boolean): Plan => {
    if (!mayFail) return planOf(calls.mremap.filter((step) => applies(step, call)));
    const steps = calls.mremap.filter((step) => appliesUndoing(step, call));
    return { ...planOf(steps), undoing: steps.map((step) => !applies(step, call)) };
  };

  const plan = (call: Call, mayFail: boolean): Plan => {
    if (call.call === 'mremap') {
      const shape = (shapeOf(call) << 1) | Number(mayFail);
      shaped[shape] ??= mremapPlan(call, mayFail);
      return shaped[shape];
    }
    let known = simple.get(call.call);
    if (known === undefined) {
      known = planOf(calls[call.call]);
      simple.set(call.call, known);
    }
    return known;
  };

  return {
    release,
    steps: all,
    plan,
    leanPlan: (call, taskEnd, causes) => {
      const full = plan(call, false);
      const out = passingOn(full.steps, call, taskEnd, causes);
      const key = `${full.id} ${out.map(Number).join('')}`;
      let known = lean.get(key);
      if (known === undefined) {
        known = planOf(full.steps, out);
        lean.set(key, known);
      }
      return known;
    },
  };
}
