import { Worker } from 'node:worker_threads';
import { BadInput } from '../input/bad-input.js';
import type { TaskResult } from './execute.js';
import type { Task } from './jobs.js';

/** Threads that do one task each at a time, as they come. */
export class Threads {
  private readonly free: Worker[] = [];
  private readonly all = new Set<Worker>();

  /** A thread that is free, or a new one; as many are made as are ever asked for at once. */
  async run(task: Task): Promise<TaskResult> {
    const thread = this.free.pop() ?? this.made();
    try {
      const result = await answer(thread, task);
      this.free.push(thread);
      return result;
    } catch (error) {
      this.all.delete(thread);
      void thread.terminate();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((thread) => thread.terminate()));
  }

  private made(): Worker {
    const thread = new Worker(new URL('./worker.js', import.meta.url), { stdout: true });
    // The module of a patch may print: that is no result.
    thread.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    this.all.add(thread);
    return thread;
  }
}

/** What the thread makes of the task; throws what it throws. */
function answer(thread: Worker, task: Task): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (result: TaskResult): void => {
      settle();
      resolve(result);
    };
    const onError = (error: Error): void => {
      settle();
      // A class does not come across.
      reject(error.name === 'BadInput' ? new BadInput(error.message) : error);
    };
    const onExit = (): void => onError(new Error('a worker thread ended'));
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage(task);
  });
}
