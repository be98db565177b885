import type { RaceBounds } from '../checker/bounds.js';
import { callsOf } from '../checker/calls.js';
import { combinations } from '../checker/race.js';
import { addressSpaces } from '../checker/spaces.js';
import type { CutJob } from './jobs.js';

/** How much a search is, from its bounds alone. */
export interface JobSize {
  /** Address spaces that it begins in, exactly. */
  readonly spaces: number;
  /** What is made in each: calls (of a race: combinations of what threads do) times limits, failures aside. */
  readonly each: number;
}

/** What is made in an address space under one limit. */
function made(job: CutJob): number {
  return job.kind === 'race' ? combinations(job.bounds).length : callsOf(job.bounds).length;
}

/** Where the limits are not in the bounds, a search finds those that matter. */
const ONE_LIMIT = [0, 0] as const;

function measured(job: CutJob): JobSize {
  const [least, greatest] = 'limits' in job.bounds ? job.bounds.limits : ONE_LIMIT;
  return { spaces: addressSpaces(job.bounds).length, each: made(job) * (greatest - least + 1) };
}

/** Releases are searched within the same bounds, one after the other. */
const known = new Map<string, JobSize>();

/** The size of a search that can be cut: of a reach it is not known before it is done. */
export function sizeOf(job: CutJob): JobSize {
  const key = JSON.stringify([job.kind, job.bounds]);
  let size = known.get(key);
  if (size === undefined) {
    size = measured(job);
    known.set(key, size);
  }
  return size;
}

/** Calls that take about a second; a race is many, as is a call in which something may fail. */
const SECOND = 5_000_000;
const RACE = 1500;
const FAILURE = 25;

/** Seconds, roughly: it says into how many pieces a search is cut, and never how long it takes. */
export function roughSeconds(job: CutJob): number {
  const { spaces, each } = sizeOf(job);
  const weight = job.kind === 'race' ? RACE : FAILURE ** failuresOf(job.bounds);
  return (spaces * each * weight) / SECOND;
}

const failuresOf = (bounds: Exclude<CutJob['bounds'], RaceBounds>): number =>
  'failures' in bounds ? (bounds.failures ?? 0) : 0;
