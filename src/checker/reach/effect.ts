import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import type { Plan } from '../../model/plan.js';
import type { Recorder } from '../../model/recorder.js';
import { runPart } from '../../model/run.js';
import { type Env, NOT_FOLLOWED, stateOf } from '../../model/state.js';
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
