import { addResults, type TaskResult, transitionsOf } from './execute.js';
import { type Job, type Task, tasksOf } from './jobs.js';
import { runTasks } from './pool.js';
import { IN_MEMORY, type Store } from './store.js';
import type { JobProgress, ProgressOf } from './verdicts.js';

/** How far some searches are. */
export interface Progress {
  readonly tasksDone: number;
  readonly tasks: number;
  readonly transitions: number;
  /** Set when the last piece of a job is done. */
  readonly finished: Job | undefined;
}

export interface SearchOptions {
  /** Worker threads; 0 works in this thread. */
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** In memory unless given. */
  readonly store?: Store;
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

/** A unit of work: a piece of one of some jobs. */
interface Unit {
  /** Its number among the jobs. */
  readonly job: number;
  readonly task: Task;
}

/** Longest first: a search that cannot be cut into pieces is not left to the end. */
const unitsOf = (jobs: readonly Job[]): Unit[] =>
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

/** The pieces of the searches in the order in which they are done, and numbered. */
export const tasksInOrder = (jobs: ReadonlyMap<string, Job>): Task[] =>
  unitsOf([...jobs.values()]).map(({ task }) => task);

/** Does the searches, by their keys, in pieces; after an abort with what was done. */
export async function search(
  jobs: ReadonlyMap<string, Job>,
  { workers, signal, onProgress, store = IN_MEMORY }: SearchOptions,
): Promise<Searched> {
  const all = [...jobs.values()];
  const ledger = new Ledger(
    [...jobs.keys()],
    all.map((job) => tasksOf(job).length),
  );
  const units = unitsOf(all);
  let tasksDone = 0;
  const onResult = (unit: number, result: TaskResult): void => {
    const { job } = units[unit] as Unit;
    const last = ledger.add(job, result);
    tasksDone++;
    onProgress?.({
      tasksDone,
      tasks: units.length,
      transitions: ledger.transitions,
      finished: last ? all[job] : undefined,
    });
  };
  for (const [unit, result] of store.known) onResult(unit, result);
  const todo = [...units.keys()].filter((unit) => store.mine(unit) && !store.known.has(unit));
  await runTasks(
    todo.map((unit) => (units[unit] as Unit).task),
    workers,
    (index, result) => {
      const unit = todo[index] as number;
      store.keep(unit, result);
      onResult(unit, result);
    },
    signal,
  );
  return { progressOf: (key) => ledger.progressOf(key), transitions: ledger.transitions };
}
