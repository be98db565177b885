import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { type Machine, type Outcome, Recorder, run } from '../model/run.js';
import type { Env, Pages } from '../model/state.js';

interface Rerun {
  /** The outcome is the same under every max_map_count from `from` to `to`. */
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
}

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
   * @param about the call that is judged; stands for the one that is run, of which there is one for each
   * @param called makes the call that is run, if that is another
   */
  run(
    on: Machine,
    limits: Env,
    before: Vmas,
    pages: Pages,
    about: Call,
    called: (about: Call) => Call = (itself) => itself,
  ): Outcome {
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
    for (const { from, to, outcome } of this.known) {
      if (from <= maxMapCount && maxMapCount <= to) return outcome;
    }
    recorder.clear();
    const outcome = run(on, limits, before, pages, called(about), recorder);
    this.known.push({ from: recorder.from, to: recorder.to, outcome });
    return outcome;
  }
}
