import { type Failure, NO_FAILURES } from './outcome.js';
import type { Plan } from './plan.js';
import type { State } from './state.js';
import type { MayFail, Step } from './step.js';

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
export class Choices {
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
