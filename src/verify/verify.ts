import type { Spec } from '../specs/spec.js';
import { addResults, type TaskResult, transitionsOf } from './execute.js';
import { type Job, planJobs, tasksOf } from './jobs.js';
import { runTasks } from './pool.js';
import {
  type CheckReport,
  isComplete,
  isUnexpected,
  type JobProgress,
  reportOn,
} from './verdicts.js';

/** One spec with what its checks found. */
export interface SpecReport {
  readonly spec: Spec;
  readonly checks: readonly CheckReport[];
}

export interface VerifyReport {
  readonly specs: readonly SpecReport[];
  /** Calls made in all searches together. */
  readonly transitions: number;
  readonly complete: boolean;
  readonly asExpected: boolean;
}

/** How far a verification is. */
export interface Progress {
  readonly tasksDone: number;
  readonly tasks: number;
  readonly transitions: number;
  /** Set when the last piece of a job is done. */
  readonly finished: Job | undefined;
}

export interface VerifyOptions {
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

/** Does the searches of all specs, each once, and judges what they found. */
export async function verify(
  specs: readonly Spec[],
  { workers, signal, onProgress }: VerifyOptions,
): Promise<VerifyReport> {
  const jobs = [...planJobs(specs).entries()];
  const ledger = new Ledger(
    jobs.map(([key]) => key),
    jobs.map(([, job]) => tasksOf(job).length),
  );
  const tasks = tasksInOrder(jobs.map(([, job]) => job));
  let tasksDone = 0;
  const onResult = (index: number, result: TaskResult): void => {
    const { job } = tasks[index] as (typeof tasks)[number];
    const last = ledger.add(job, result);
    tasksDone++;
    onProgress?.({
      tasksDone,
      tasks: tasks.length,
      transitions: ledger.transitions,
      finished: last ? jobs[job]?.[1] : undefined,
    });
  };
  await runTasks(
    tasks.map(({ task }) => task),
    workers,
    onResult,
    signal,
  );
  const reports = specs.map((spec) => ({
    spec,
    checks: spec.checks.map((check) => reportOn(check, (key) => ledger.progressOf(key))),
  }));
  const checks = reports.flatMap((report) => report.checks);
  return {
    specs: reports,
    transitions: ledger.transitions,
    complete: checks.every(isComplete),
    asExpected: !checks.some(isUnexpected),
  };
}
