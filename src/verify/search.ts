import { addResults, type TaskResult, transitionsOf } from './execute.js';
import type { Job } from './jobs.js';
import { type Runner, threads } from './pool.js';
import { IN_MEMORY, type Store } from './store.js';
import { Todo } from './todo.js';
import { type Unit, unitsOf } from './units.js';
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
  /** Told of each piece as it is done. */
  readonly onFound?: (job: Job, result: TaskResult) => void;
  /** In memory unless given. */
  readonly store?: Store;
  /** The threads of this process unless given. */
  readonly runner?: Runner;
}

/** Units with what has come in of the job of each. */
class Ledger {
  private readonly results: (TaskResult | undefined)[];
  private readonly left: number[];
  private readonly done: Uint8Array;
  tasksDone = 0;
  transitions = 0;

  constructor(
    private readonly keys: readonly string[],
    private readonly units: readonly Unit[],
  ) {
    this.results = keys.map(() => undefined);
    this.left = keys.map(() => 0);
    for (const { job } of units) this.left[job] = (this.left[job] as number) + 1;
    this.done = new Uint8Array(units.length);
  }

  has(unit: number): boolean {
    return this.done[unit] === 1;
  }

  /** A unit that is done twice is done alike, and counts once. */
  add(unit: number, result: TaskResult): void {
    if (this.has(unit)) return;
    this.done[unit] = 1;
    const { job } = this.units[unit] as Unit;
    const before = this.results[job];
    this.results[job] = before === undefined ? result : addResults(before, result);
    this.transitions += transitionsOf(result);
    this.tasksDone++;
    this.left[job] = (this.left[job] as number) - 1;
  }

  /** What is there of a unit that an end came before. */
  addUnfinished(unit: number, result: TaskResult): void {
    this.results[(this.units[unit] as Unit).job] = result;
    this.transitions += transitionsOf(result);
  }

  isDone(job: number): boolean {
    return this.left[job] === 0;
  }

  progressOf(key: string): JobProgress {
    const job = this.keys.indexOf(key);
    return { result: this.results[job], complete: this.isDone(job) };
  }
}

/** What came in of some searches. */
export interface Searched {
  readonly progressOf: ProgressOf;
  /** Calls made in all of them together. */
  readonly transitions: number;
  /** Whether all that was to be done here is. */
  readonly complete: boolean;
}

/** Done before a worker thread has started. */
const isSmall = (units: readonly Unit[]): boolean =>
  units.length <= 4 &&
  units.every(({ task: { job } }) => job.kind === 'enumerate' && job.bounds.pages <= 2);

/** Does the searches, by their keys, in pieces; after an abort with what was done. */
export async function search(
  jobs: ReadonlyMap<string, Job>,
  { workers, signal, onProgress, onFound, store = IN_MEMORY, runner }: SearchOptions,
): Promise<Searched> {
  const units = unitsOf(jobs);
  const ledger = new Ledger([...jobs.keys()], units);
  for (const [unit, result] of store.known) {
    if (result.kind !== 'slice') ledger.add(unit, result);
  }
  const mine = [...units.keys()].filter((unit) => store.mine(unit) && !ledger.has(unit));
  const tasks = ledger.tasksDone + mine.length;
  const jobOf = (unit: number): Job => (units[unit] as Unit).task.job;
  const progress = (finished?: Job): void =>
    onProgress?.({
      tasksDone: ledger.tasksDone,
      tasks,
      transitions: ledger.transitions + todo.transitions - before,
      finished,
    });
  const todo = new Todo(units, mine, {
    done: (unit, result) => {
      store.keep(unit, result);
      ledger.add(unit, result);
      onFound?.(jobOf(unit), result);
      progress(ledger.isDone((units[unit] as Unit).job) ? jobOf(unit) : undefined);
    },
    merged: (unit, slice, broken) => {
      store.keep(unit, { kind: 'slice', found: slice });
      const found = broken ? todo.found.find(([one]) => one === unit)?.[1] : undefined;
      if (found !== undefined) onFound?.(jobOf(unit), { kind: 'reach', found });
      progress();
    },
  });
  for (const [unit, result] of store.known) {
    if (result.kind === 'slice' && !ledger.has(unit)) todo.retake(unit, result.found);
  }
  const before = ledger.transitions + todo.transitions;
  const small = isSmall(mine.map((unit) => units[unit] as Unit));
  await (runner ?? threads(small ? 0 : workers))(todo, signal);
  for (const [unit, found] of todo.found) ledger.addUnfinished(unit, { kind: 'reach', found });
  return {
    progressOf: (key) => ledger.progressOf(key),
    transitions: ledger.transitions,
    complete: ledger.tasksDone === tasks,
  };
}
