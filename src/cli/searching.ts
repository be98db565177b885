import { availableParallelism } from 'node:os';
import type { SearchOptions } from '../verify/search.js';
import { Exit } from './exit.js';
import { ProgressLine } from './progress.js';
import { note } from './terminal.js';

/** Flags of the commands that search. */
export interface SearchFlags {
  readonly quiet?: true;
  readonly workers?: number;
}

/**
 * Runs searches with progress on stderr. The first SIGINT or SIGTERM lets them end with what is done,
 * the second ends the process.
 *
 * @param report prints what came out, and says how it went
 */
export async function searching<T>(
  { quiet, workers }: SearchFlags,
  run: (options: SearchOptions) => Promise<T>,
  report: (found: T) => Exit,
): Promise<Exit> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(Exit.incomplete);
    note('\ninterrupted: reporting what is done');
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const progress = quiet === true ? undefined : new ProgressLine();
  const found = await run({
    workers: workers ?? availableParallelism(),
    signal: interruption.signal,
    ...(progress === undefined ? {} : { onProgress: (p) => progress.show(p) }),
  });
  progress?.end();
  const exit = report(found);
  if (progress !== undefined) note(`${progress.seconds.toFixed(1)} s`);
  return exit;
}
