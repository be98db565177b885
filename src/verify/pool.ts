import { Worker } from 'node:worker_threads';
import { execute, type TaskResult } from './execute.js';
import type { Task } from './jobs.js';

/** Done before a worker thread has started. */
const isSmall = (tasks: readonly Task[]): boolean =>
  tasks.length <= 64 && tasks.every(({ job }) => job.kind === 'enumerate' && job.bounds.pages <= 2);

/** Told of each result as it comes, with the index of its task; the order is any. */
export type OnResult = (index: number, result: TaskResult) => void;

/** Does some tasks somewhere; after an abort it resolves with what was done. */
export type Runner = (
  tasks: readonly Task[],
  onResult: OnResult,
  signal: AbortSignal,
) => Promise<void>;

/** Does the tasks in this thread, one after the other, as long as nobody aborts. */
async function runHere(
  tasks: readonly Task[],
  onResult: OnResult,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, task] of tasks.entries()) {
    if (signal.aborted) return;
    onResult(index, execute(task));
    // Lets a signal handler run between two tasks.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One worker works through the tasks that `next` hands out. */
function runOn(
  worker: Worker,
  tasks: readonly Task[],
  next: () => number | undefined,
  onResult: OnResult,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: number | undefined;
    const advance = (): void => {
      current = next();
      if (current === undefined) resolve();
      else worker.postMessage(tasks[current]);
    };
    worker.on('message', (result: TaskResult) => {
      onResult(current as number, result);
      advance();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    advance();
  });
}

/**
 * Does the tasks on so many worker threads, or in this one if that is 0. Results come in any order.
 * After an abort it resolves with what was done.
 */
export async function runTasks(
  tasks: readonly Task[],
  workers: number,
  onResult: OnResult,
  signal: AbortSignal,
): Promise<void> {
  if (tasks.length === 0) return;
  if (workers === 0 || isSmall(tasks)) return runHere(tasks, onResult, signal);
  let handedOut = 0;
  const next = (): number | undefined =>
    signal.aborted || handedOut === tasks.length ? undefined : handedOut++;
  const threads = Array.from(
    { length: Math.min(workers, tasks.length) },
    () => new Worker(new URL('./worker.js', import.meta.url)),
  );
  const stop = (): void => {
    for (const thread of threads) void thread.terminate();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(threads.map((thread) => runOn(thread, tasks, next, onResult)));
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** The threads of this process. */
export const threads =
  (workers: number): Runner =>
  (tasks, onResult, signal) =>
    runTasks(tasks, workers, onResult, signal);
