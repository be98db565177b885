import { availableParallelism } from 'node:os';
import type { SearchOptions } from '../verify/search.js';
import type { Exit } from './exit.js';
import { interruptible } from './interruption.js';
import { ProgressLine } from './progress.js';
import { note } from './terminal.js';

/** Flags of the commands that search. */
export interface SearchFlags {
  readonly quiet?: true;
  readonly workers?: number;
}

/**
 * Runs searches with progress on stderr; an interruption lets them end with what is done.
 *
 * @param report prints what came out, and says how it went
 */
export async function searching<T>(
  { quiet, workers }: SearchFlags,
  run: (options: SearchOptions) => Promise<T>,
  report: (found: T) => Exit,
): Promise<Exit> {
  const progress = quiet === true ? undefined : new ProgressLine();
  // A signal that comes while the report is made finds all done, and changes nothing.
  const exit = await interruptible(async (signal) => {
    const found = await run({
      workers: workers ?? availableParallelism(),
      signal,
      ...(progress === undefined ? {} : { onProgress: (p) => progress.show(p) }),
      // A message of what went wrong is not to be behind the progress, in its line.
    }).finally(() => progress?.end());
    return report(found);
  });
  if (progress !== undefined) note(`${progress.seconds.toFixed(1)} s`);
  return exit;
}
