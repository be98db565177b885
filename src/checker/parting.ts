import type { MicroStep } from '../model/run.js';
import { RUNNING, type State } from '../model/state.js';
import { needOf } from '../model/step.js';

/** What one release did where two runs of a call part. */
export interface PartingStep {
  readonly step: string;
  /** The kernel function that the step is part of. */
  readonly kernel: string;
  /** Set where the step ended the call: a page, or an errno negated. */
  readonly result: number | undefined;
  /** What the step let pass that ended the call on the other side. */
  readonly passes: boolean;
  /** Map slots that it asks for, and those that were left; of a check of map_count that asks this call for any. */
  readonly asks: { readonly slots: number; readonly left: number } | undefined;
  readonly mapCount: readonly [before: number, after: number];
}

/** The first step on either side that does what the other side does not. */
export type PartingSteps = readonly [PartingStep, PartingStep];

const sameCounters = (a: State, b: State): boolean =>
  a.accounts.total === b.accounts.total &&
  a.accounts.locked === b.accounts.locked &&
  a.accounts.committed === b.accounts.committed;

const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((value, i) => value === b[i]));

const sameMap = (a: State, b: State): boolean =>
  a.mapCount === b.mapCount &&
  a.result === b.result &&
  sameList(a.vmas, b.vmas) &&
  sameList(a.pages, b.pages) &&
  sameCounters(a, b);

/** Steps that end the call, or change the memory map or the counters; the others only look. */
const acts = ({ before, after }: MicroStep): boolean =>
  after.result !== RUNNING || !sameMap(before, after);

/** A check that lets a call pass without as many map slots as it asks for is not about that call. */
function askedBy({ step, before, after }: MicroStep): PartingStep['asks'] {
  if (step.count === undefined) return undefined;
  const slots = needOf(before, step.count);
  const left = before.env.maxMapCount - before.mapCount;
  const isAsked = slots > 0 && (slots <= left || after.result !== RUNNING);
  return isAsked ? { slots, left } : undefined;
}

const described = (micro: MicroStep, passes: boolean): PartingStep => {
  const { step, before, after } = micro;
  return {
    step: step.name,
    kernel: step.kernel,
    result: after.result === RUNNING ? undefined : after.result,
    passes,
    asks: askedBy(micro),
    mapCount: [before.mapCount, after.mapCount],
  };
};

/**
 * What this side did there: the step of the same name, if the other side ended in it and this one has
 * passed it, or else what it did next.
 */
function sideOf(mine: readonly MicroStep[], next: MicroStep, other: MicroStep): PartingStep {
  const refused = other.after.result < 0 && other.after.result !== RUNNING;
  const passed = mine.find(
    ({ step, after }) => step.name === other.step.name && after.result === RUNNING,
  );
  return refused && passed !== undefined ? described(passed, true) : described(next, false);
}

/** The place in `list` at which a run has come to the same, from `from` on; -1 if it never does. */
const comesTo = (list: readonly MicroStep[], from: number, { after }: MicroStep): number =>
  list.findIndex((one, i) => i >= from && sameMap(one.after, after));

/**
 * Where two runs of one call part: the first steps that act and come to something that the other run does
 * not come to. What one release does in one step another may do in two.
 */
export function partingSteps(
  a: readonly MicroStep[],
  b: readonly MicroStep[],
): PartingSteps | undefined {
  const [first, second] = [a.filter(acts), b.filter(acts)];
  for (let i = 0, j = 0; ; ) {
    const [mine, theirs] = [first[i], second[j]];
    if (mine === undefined || theirs === undefined) return undefined;
    const there = comesTo(second, j, mine);
    const here = comesTo(first, i, theirs);
    if (there < 0 && here < 0) return [sideOf(a, mine, theirs), sideOf(b, theirs, mine)];
    [i, j] = there >= 0 ? [i + 1, there + 1] : [here + 1, j + 1];
  }
}
