import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine } from '../model/plan.js';
import { Recorder } from '../model/recorder.js';
import { run } from '../model/run.js';
import type { Env, Pages } from '../model/state.js';

export interface Rerun {
  /** The outcome is the same under every max_map_count from `from` to `to`. */
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
}

/** A call, and the address space that it is made in. */
interface Made {
  readonly call: Call;
  readonly before: Vmas;
}

const asJudged = (call: Call, before: Vmas): Made => ({ call, before });

const sameButMapLimit = (a: Env, b: Env): boolean =>
  a === b ||
  (a.taskEnd === b.taskEnd &&
    a.rlimitAs === b.rlimitAs &&
    a.rlimitMemlock === b.rlimitMemlock &&
    a.commitLimit === b.commitLimit);

/**
 * Runs an mremap() or munmap() that a search asks for under one limit after the other, once for all limits
 * under which it ends alike.
 */
export class Reruns {
  private readonly recorder = new Recorder();
  private on: Machine | undefined;
  private before: Vmas | undefined;
  private about: Call | undefined;
  private limits: Env | undefined;
  private known: Rerun[] = [];

  /**
   * @param before the address space that is judged, and the call is made in unless `called` says otherwise
   * @param about the call that is judged; stands for the one that is run, of which there is one for each
   * @param called makes what is run, if that is another
   */
  run(
    on: Machine,
    limits: Env,
    before: Vmas,
    pages: Pages,
    about: Call,
    called: (about: Call, before: Vmas) => Made = asJudged,
  ): Rerun {
    const { recorder } = this;
    const isSame =
      this.about === about &&
      this.before === before &&
      this.on === on &&
      this.limits !== undefined &&
      sameButMapLimit(this.limits, limits);
    if (!isSame) {
      this.on = on;
      this.before = before;
      this.about = about;
      this.limits = limits;
      this.known = [];
    }
    const { maxMapCount } = limits;
    for (const one of this.known) {
      if (one.from <= maxMapCount && maxMapCount <= one.to) return one;
    }
    recorder.clear();
    const made = called(about, before);
    const outcome = run(on, limits, made.before, pages, made.call, { recorder });
    const rerun = { from: recorder.from, to: recorder.to, outcome };
    this.known.push(rerun);
    return rerun;
  }
}
