import type { Job, PartTask } from './jobs.js';
import { roughSeconds, sizeOf } from './size.js';

/** A search is cut into so many pieces, so that the threads of one machine end together. */
const PIECES = 16;

/** Fewer of a search of which they would be shorter than so many seconds: to begin one takes some of that. */
const LEAST = 0.05;

/** Seconds that a piece takes at most, where there are more. */
const SECONDS = 4;

/** Pieces of longer searches are longer: each costs a place in memory, and a line in a journal. */
const MOST = 100_000;

/** Pieces of a search; from its bounds alone, so that they are the same for any number of workers. */
function partsOf(job: Job): number {
  // It is cut into slices while it runs: how many, it does not know before.
  if (job.kind === 'reach') return 1;
  const seconds = roughSeconds(job);
  const fewer = Math.min(PIECES, Math.ceil(seconds / LEAST));
  const more = Math.min(MOST, Math.ceil(seconds / SECONDS));
  return Math.min(Math.max(fewer, more), sizeOf(job).spaces);
}

/** A unit of work: a piece of one of some jobs. */
export interface Unit {
  /** Its number among the jobs. */
  readonly job: number;
  readonly task: PartTask;
}

/** Longest first: a search that cannot be cut into pieces is not left to the end. */
const byLength = (a: Job, b: Job): number =>
  Number(b.kind === 'reach') - Number(a.kind === 'reach') || b.bounds.pages - a.bounds.pages;

/** The units of some jobs in the order in which they are done, which numbers them. */
export function unitsOf(jobs: ReadonlyMap<string, Job>): Unit[] {
  const all = [...jobs.values()].map((job, index) => ({ job, index }));
  return all
    .sort((a, b) => byLength(a.job, b.job))
    .flatMap(({ job, index }) => {
      const parts = partsOf(job);
      return Array.from({ length: parts }, (_, part) => ({
        job: index,
        task: { job, part, parts },
      }));
    });
}
