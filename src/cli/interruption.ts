import { Exit } from './exit.js';
import { note } from './terminal.js';

/** What is interrupted together. */
let outermost: AbortController | undefined;

/**
 * Runs something that SIGINT and SIGTERM interrupt: the first lets it end with what is done, the second
 * ends the process. What runs within such a run is interrupted with it.
 */
export async function interruptible<T>(
  run: (signal: AbortSignal) => Promise<T>,
  says = 'interrupted: reporting what is done',
): Promise<T> {
  if (outermost !== undefined) return run(outermost.signal);
  const interruption = new AbortController();
  outermost = interruption;
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(Exit.incomplete);
    note(`\n${says}`);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await run(interruption.signal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    outermost = undefined;
  }
}
