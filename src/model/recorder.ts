import { Errno } from './errno.js';
import type { Plan } from './plan.js';
import { RUNNING, type State } from './state.js';
import { type CountCheck, needOf } from './step.js';

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
