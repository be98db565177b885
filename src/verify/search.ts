import { addResults, type TaskResult, transitionsOf } from './execute.js';
import { type Job, tasksOf } from './jobs.js';
import { runTasks } from './pool.js';
import type { JobProgress, ProgressOf } from './verdicts.js';

/** How far some searches are. */
export interface Progress {
  readonly tasksDone: number;
  readonly tasks: number;
  readonly transitions: number;
  /** Set when the last piece of a job is done. */
  readonly finished: Job | undefined;
}

/** Progress of one of several searches in a row, as a part of the whole; they count alike. */
export const inStages = (
  { tasksDone, tasks, transitions, finished }: Progress,
  stage: number,
  stages: number,
  before: number,
): Progress => ({
  tasksDone: stage + tasksDone / tasks,
  tasks: stages,
  transitions: before + transitions,
  finished,
});

export interface SearchOptions {
  /** Worker threads; 0 works in this thread. */
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** The jobs of a verification with what has come in of each. */
class Ledger {
  private readonly results: (TaskResult | undefined)[];
  private readonly left: number[];
  transitions = 0;

  constructor(
    private readonly keys: readonly string[],
    parts: readonly number[],
  ) {
    this.results = keys.map(() => undefined);
    this.left = [...parts];
  }

  /** Returns whether that was the last piece of the job. */
  add(job: number, result: TaskResult): boolean {
    const before = this.results[job];
    this.results[job] = before === undefined ? result : addResults(before, result);
    this.transitions += transitionsOf(result);
    this.left[job] = (this.left[job] as number) - 1;
    return this.left[job] === 0;
  }

  progressOf(key: string): JobProgress {
    const job = this.keys.indexOf(key);
    return { result: this.results[job], complete: this.left[job] === 0 };
  }
}

/** Longest first: a search that cannot be cut into pieces is not left to the end. */
const tasksInOrder = (
  jobs: readonly Job[],
): { readonly job: number; readonly task: ReturnType<typeof tasksOf>[number] }[] =>
  jobs
    .flatMap((job, index) => tasksOf(job).map((task) => ({ job: index, task })))
    .sort(
      (a, b) => a.task.parts - b.task.parts || b.task.job.bounds.pages - a.task.job.bounds.pages,
    );

/** What came in of some searches. */
export interface Searched {
  readonly progressOf: ProgressOf;
  /** Calls made in all of them together. */
  readonly transitions: number;
}

/** Does the searches, by their keys, in pieces; after an abort with what was done. */
export async function search(
  jobs: ReadonlyMap<string, Job>,
  { workers, signal, onProgress }: SearchOptions,
): Promise<Searched> {
  const all = [...jobs.values()];
  const ledger = new Ledger(
    [...jobs.keys()],
    all.map((job) => tasksOf(job).length),
  );
  const tasks = tasksInOrder(all);
  let tasksDone = 0;
  const onResult = (index: number, result: TaskResult): void => {
    const { job } = tasks[index] as (typeof tasks)[number];
    const last = ledger.add(job, result);
    tasksDone++;
    onProgress?.({
      tasksDone,
      tasks: tasks.length,
      transitions: ledger.transitions,
      finished: last ? all[job] : undefined,
    });
  };
  await runTasks(
    tasks.map(({ task }) => task),
    workers,
    onResult,
    signal,
  );
  return { progressOf: (key) => ledger.progressOf(key), transitions: ledger.transitions };
}
