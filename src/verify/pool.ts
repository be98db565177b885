import { execute } from './execute.js';
import type { Source } from './source.js';
import { Threads } from './threads.js';

/** Does what a source has, somewhere; after an abort it resolves with what was done. */
export type Runner = (source: Source, signal: AbortSignal) => Promise<void>;

/** Does it in this thread, one task after the other, as long as nobody aborts. */
const here: Runner = async (source, signal) => {
  for (;;) {
    const handed = signal.aborted ? undefined : source.next();
    if (handed === undefined) return;
    source.take(handed.number, execute(handed.task));
    // Lets a signal handler run between two tasks.
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** Keeps so many threads busy until none has anything to do. */
function feed(pool: Threads, workers: number, source: Source, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let busy = 0;
    const hand = (): void => {
      while (busy < workers && !signal.aborted) {
        const handed = source.next();
        if (handed === undefined) return;
        busy++;
        pool.run(handed.task).then(
          (result) => {
            busy--;
            if (signal.aborted) return resolve();
            try {
              // A thread does not wait for what it did last to be taken, if there is more already.
              hand();
              source.take(handed.number, result);
              hand();
            } catch (error) {
              reject(error);
            }
            if (busy === 0) resolve();
          },
          (error: unknown) => (signal.aborted ? resolve() : reject(error)),
        );
      }
    };
    hand();
    if (busy === 0) resolve();
  });
}

/** So many threads of this process, or the one that asks if that is 0. Results come in any order. */
export const threads = (workers: number): Runner =>
  workers === 0
    ? here
    : async (source, signal) => {
        const pool = new Threads();
        const stop = (): void => void pool.close();
        signal.addEventListener('abort', stop, { once: true });
        try {
          await feed(pool, workers, source, signal);
        } finally {
          signal.removeEventListener('abort', stop);
          await pool.close();
        }
      };
