import { errnoName } from '../model/errno.js';
import type { Machine, Outcome } from '../model/run.js';

/** How often something happened, by name. */
export type Counts = Readonly<Record<string, number>>;

/** Adds the counts up; names in the order in which they first appear. */
export function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** What a search did: how often each step ran, and each result was met. */
export interface Work {
  /** Address spaces (enumerate), or states (reach). */
  readonly spaces: number;
  /** Calls made, each in one address space under one limit. */
  readonly transitions: number;
  readonly steps: Counts;
  /** `ok` and errno names. */
  readonly results: Counts;
  /** Highest rise of map_count under the lock. */
  readonly peak: number;
}

/** Counts while a search runs. */
export class WorkTally {
  transitions = 0;
  spaces = 0;
  peak = 0;
  /** For `run`: counts by the machine's step numbers. */
  readonly steps: Float64Array;
  private readonly results = new Float64Array(256);

  constructor(private readonly on: Machine) {
    this.steps = new Float64Array(on.steps.length);
  }

  add(outcome: Outcome, countBefore: number): void {
    this.transitions++;
    const index = outcome.result < 0 ? -outcome.result : 0;
    this.results[index] = (this.results[index] as number) + 1;
    const rise = outcome.peak - countBefore;
    if (rise > this.peak) this.peak = rise;
  }

  /** @param calls the calls made, whose steps are listed even if they never ran */
  total(calls: readonly string[]): Work {
    const steps: Record<string, number> = {};
    let at = 0;
    for (const call of ['mremap', 'mmap', 'munmap', 'mprotect', 'touch'] as const) {
      for (const { name } of this.on.release.calls[call]) {
        const count = this.steps[at++] as number;
        if (calls.includes(call)) steps[name] = (steps[name] ?? 0) + count;
      }
    }
    const results: Record<string, number> = {};
    this.results.forEach((count, errno) => {
      if (count > 0) results[errno === 0 ? 'ok' : errnoName(errno)] = count;
    });
    const { spaces, transitions, peak } = this;
    return { spaces, transitions, steps, results, peak };
  }
}

export const addWork = (a: Work, b: Work): Work => ({
  spaces: a.spaces + b.spaces,
  transitions: a.transitions + b.transitions,
  steps: addCounts(a.steps, b.steps),
  results: addCounts(a.results, b.results),
  peak: Math.max(a.peak, b.peak),
});
