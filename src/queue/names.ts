import type { TaskResult } from '../verify/execute.js';
import type { Task } from '../verify/jobs.js';

/** Units of one version of the program, of whatever run: a worker of another version never sees them. */
export const unitsQueue = (program: string): string => `mremap-check-units-${program}`;

/** What came out of the units of one run. */
export const resultsQueue = (run: string): string => `mremap-check-results-${run}`;

/** Is there as long as somebody waits for the results of a run, and says of which version it is. */
export const RUN_KEY = 'mremap-check:run:';
export const runKey = (run: string): string => `${RUN_KEY}${run}`;

/** Milliseconds for which the key of a run stays without being renewed. */
export const RUN_KEPT = 60_000;

/** A unit on its way to a worker. */
export interface QueuedUnit {
  /** Fingerprints of the program and of the work. */
  readonly program: string;
  readonly work: string;
  readonly run: string;
  readonly unit: number;
  readonly task: Task;
}

/** What a worker made of it. */
export interface QueuedResult {
  readonly unit: number;
  readonly result: TaskResult;
}

/** Names a unit, and its result, so that neither is on a queue twice. */
export const unitId = (run: string, unit: number): string => `${run}-${unit}`;

/** What both ends say to the engine. */
export const ENGINE = {
  /** Milliseconds after which the unit of a worker that is gone is given to another, at most the sum. */
  lockDuration: 20_000,
  stalledInterval: 10_000,
  /** Workers that may go in the middle of one unit before it is given up. */
  maxStalledCount: 8,
  /** Nobody reads these: what comes out is on a queue of its own. */
  streams: { events: { maxLen: 100 } },
} as const;
