import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Plan } from '../model/plan.js';
import { Recorder, runPart } from '../model/run.js';
import { type Env, NOT_FOLLOWED, stateOf } from '../model/state.js';
import type { Segment } from './segments.js';

/** What a segment does in an address space. */
export interface Effect {
  /** As in `State`: running if the call goes on behind the segment. */
  readonly result: number;
  /** Steps of the segment that passed. */
  readonly passed: number;
  /** Highest rise of map_count in it. */
  readonly rise: number;
  /** What it leaves behind. */
  readonly vmas: Vmas;
}

/** Runs a segment in an address space. */
export function effectOf(
  limits: Env,
  before: Vmas,
  plan: Plan,
  { from, to, ranges }: Segment,
  call: Call,
  recorder: Recorder,
): Effect {
  const state = stateOf(limits, before, NOT_FOLLOWED, call, ranges);
  const { result, vmas } = runPart(plan, from, to, state, recorder);
  return { result, passed: recorder.at - from, rise: recorder.peak - before.length, vmas };
}

/** What segments do in one address space after the other, each run once in each. */
export class Effects {
  private readonly recorder = new Recorder();
  /** By slot, the address space in which the segment was run last, and what it did there. */
  private readonly spaces: Int32Array;
  private readonly latest: Effect[] = [];

  constructor(
    private readonly limits: Env,
    slots: number,
  ) {
    this.spaces = new Int32Array(slots).fill(-1);
  }

  /** @param space the number of the address space */
  of(space: number, before: Vmas, plan: Plan, segment: Segment, call: Call): Effect {
    const { slot, to } = segment;
    // Ends of calls are of one call each.
    if (to === plan.steps.length)
      return effectOf(this.limits, before, plan, segment, call, this.recorder);
    if (this.spaces[slot] === space) return this.latest[slot] as Effect;
    const effect = effectOf(this.limits, before, plan, segment, call, this.recorder);
    this.spaces[slot] = space;
    this.latest[slot] = effect;
    return effect;
  }

  /** Numbers mean other address spaces from now on. */
  forget(): void {
    this.spaces.fill(-1);
  }
}
