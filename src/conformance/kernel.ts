import type { ScenarioOutcome } from './outcome.js';
import type { Scenario } from './scenario.js';

/** What a kernel made of a scenario: an outcome, or why its set-up was not possible there. */
export type Ran = ScenarioOutcome | { readonly id: string; readonly cannotSetUp: string };

export const wasSetUp = (ran: Ran): ran is ScenarioOutcome => !('cannotSetUp' in ran);

/** A kernel that scenarios can be run on: the running one, a booted image, or a release of the model. */
export interface Kernel {
  /** As the user named it: `live`, `uml`, a path, or `model:v6.12`. */
  readonly name: string;
  /** What `uname -r` says there, or the release of the model. */
  readonly version: string;
  /** The id of the release that plays it, if one does. */
  readonly release?: string;
  /** Fields of an outcome that it cannot show, such as the commit charge where others run too. */
  readonly hides: readonly ('committedDelta' | 'lockedVm' | 'totalVmDelta')[];
  /**
   * Runs each from a clean address space and answers in the order given; one batch at a time. Rejects with
   * KernelDied where it does not survive one.
   */
  run(scenarios: readonly Scenario[]): Promise<readonly Ran[]>;
  /**
   * Starts it anew, whatever has become of it; there is none where that is not ours to do. An abort ends the
   * start, and leaves nothing running.
   */
  restart?(signal: AbortSignal): Promise<void>;
  /** Stops what was started for it; nothing is left running. */
  close(): Promise<void>;
}
