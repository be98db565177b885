import type { TaskResult } from './execute.js';
import type { Task } from './jobs.js';

/** A task that is handed out, with a number that tells it from others. */
export interface Handed {
  readonly number: number;
  readonly task: Task;
}

/** Where tasks come from, and where what came out of them goes: some come up as others are done. */
export interface Source {
  /** A task that nobody has; none as long as there is none, for good once all that are out have come back. */
  next(): Handed | undefined;
  /** Told once of each task, in any order. */
  take(number: number, result: TaskResult): void;
}

/** Tasks that are known from the start, numbered as they come. */
export function listed(
  tasks: readonly Task[],
  take: (index: number, result: TaskResult) => void,
): Source {
  let handed = 0;
  return {
    next: () => {
      const number = handed++;
      const task = tasks[number];
      return task === undefined ? undefined : { number, task };
    },
    take,
  };
}
