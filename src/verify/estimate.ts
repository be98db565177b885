import { execute, transitionsOf } from './execute.js';
import type { CutJob, Job } from './jobs.js';
import { reachBytes } from './memory.js';
import type { SearchOptions } from './search.js';
import { sizeOf } from './size.js';
import { unitsOf } from './units.js';

/** A number with its standard error. */
export interface Measured {
  readonly value: number;
  readonly error: number;
}

/** Searches that differ in their release alone. */
export interface EstimatedSearch {
  readonly job: Job;
  readonly releases: number;
  readonly units: number;
  readonly spaces: number;
  /** Parts of the search that were done to find out, all releases together. */
  readonly sample: number;
  readonly calls: Measured;
  /** Of one worker. */
  readonly seconds: Measured;
}

/** A reach search: how many states there are is not known before. */
interface UnknownSearch {
  readonly job: Extract<Job, { kind: 'reach' }>;
  /** Bytes that its states take at its most. */
  readonly bytes: number;
}

export interface Estimate {
  readonly searches: readonly EstimatedSearch[];
  readonly unknown: readonly UnknownSearch[];
  readonly units: number;
  readonly sample: number;
  readonly calls: Measured;
  readonly seconds: Measured;
}

const sum = (all: readonly Measured[]): Measured => ({
  value: all.reduce((total, { value }) => total + value, 0),
  error: Math.sqrt(all.reduce((total, { error }) => total + error ** 2, 0)),
});

/** The total over so many, from a sample drawn without putting back. */
function extrapolated(sample: readonly number[], many: number): Measured {
  const n = sample.length;
  const mean = sample.reduce((total, value) => total + value, 0) / n;
  const squares = sample.reduce((total, value) => total + (value - mean) ** 2, 0);
  const deviation = n > 1 ? Math.sqrt(squares / (n - 1)) : mean;
  return { value: mean * many, error: (deviation / Math.sqrt(n)) * many * Math.sqrt(1 - n / many) };
}

/** Spreads any number of points evenly. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Numbers below `parts`, all of them in the end, each once; those drawn first are spread over all. */
function* drawn(parts: number): Generator<number> {
  const taken = new Set<number>();
  for (let at = Math.random(); taken.size < parts; at = (at + GOLDEN) % 1) {
    let part = Math.floor(at * parts);
    while (taken.has(part)) part = (part + 1) % parts;
    taken.add(part);
    yield part;
  }
}

/** Samples of one search at most, and least if there are as many. */
const MOST = 400;
const LEAST = 3;

/** Address spaces of one sample at most: several, since to begin takes time as well. */
const TOGETHER = 16;

/** Searches some small parts one by one for so many milliseconds. */
function sampled(
  job: CutJob,
  milliseconds: number,
): Pick<EstimatedSearch, 'calls' | 'seconds' | 'sample'> & { readonly made: number } {
  const { spaces } = sizeOf(job);
  const parts = Math.ceil(spaces / Math.min(TOGETHER, Math.max(1, Math.floor(spaces / MOST))));
  // What all parts have in common is made once a thread, and is not in the times.
  execute({ job, part: 0, parts });
  const calls: number[] = [];
  const seconds: number[] = [];
  const until = performance.now() + milliseconds;
  for (const part of drawn(parts)) {
    const started = performance.now();
    const result = execute({ job, part, parts });
    seconds.push((performance.now() - started) / 1000);
    calls.push(transitionsOf(result));
    if (calls.length === MOST) break;
    if (calls.length >= LEAST && performance.now() > until) break;
  }
  return {
    sample: calls.length,
    made: calls.reduce((total, n) => total + n, 0),
    calls: extrapolated(calls, parts),
    seconds: extrapolated(seconds, parts),
  };
}

/** Milliseconds for all of it, and for one search. */
const ALL = 20_000;
const ONE = 2_000;

/**
 * What searches will take, from a sample of the address spaces of each; takes 20 seconds or so. Undefined
 * after an abort: of what was not sampled nothing is known.
 */
export async function estimate(
  jobs: ReadonlyMap<string, Job>,
  { signal, onProgress }: Pick<SearchOptions, 'signal' | 'onProgress'>,
): Promise<Estimate | undefined> {
  const units = unitsOf(jobs);
  const each = Math.min(ONE, ALL / Math.max(1, jobs.size));
  const unitsPerJob = new Map<Job, number>();
  for (const { task } of units) unitsPerJob.set(task.job, task.parts);
  const searches = new Map<string, EstimatedSearch>();
  const unknown: UnknownSearch[] = [];
  let transitions = 0;
  for (const [done, job] of [...jobs.values()].entries()) {
    onProgress?.({ tasksDone: done, tasks: jobs.size, transitions, finished: undefined });
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return undefined;
    if (job.kind === 'reach') {
      unknown.push({ job, bytes: reachBytes(job.bounds) });
      continue;
    }
    const key = JSON.stringify([job.kind, job.bounds]);
    const { made, ...sample } = sampled(job, each);
    transitions += made;
    const one: EstimatedSearch = {
      job,
      releases: 1,
      units: unitsPerJob.get(job) ?? 0,
      spaces: sizeOf(job).spaces,
      ...sample,
    };
    const other = searches.get(key);
    searches.set(key, other === undefined ? one : added(other, one));
  }
  const all = [...searches.values()];
  return {
    searches: all,
    unknown,
    units: units.length,
    sample: all.reduce((total, { sample }) => total + sample, 0),
    calls: sum(all.map(({ calls }) => calls)),
    seconds: sum(all.map(({ seconds }) => seconds)),
  };
}

const added = (a: EstimatedSearch, b: EstimatedSearch): EstimatedSearch => ({
  ...a,
  releases: a.releases + b.releases,
  units: a.units + b.units,
  sample: a.sample + b.sample,
  calls: sum([a.calls, b.calls]),
  seconds: sum([a.seconds, b.seconds]),
});
