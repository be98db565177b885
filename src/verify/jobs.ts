import type { CompareBounds, EnumerateBounds, RaceBounds, ReachBounds } from '../checker/bounds.js';
import type { ConditionedCheck } from '../checker/condition.js';
import type { HeadroomBounds } from '../checker/headroom.js';
import type { Check, Spec } from '../specs/spec.js';
import type { SliceText } from './slices.js';

/** A search over one release; what several checks ask of the same search is done once. */
interface EnumerateJob {
  readonly kind: 'enumerate';
  readonly release: string;
  readonly bounds: EnumerateBounds;
  readonly invariants: readonly string[];
  /** Another condition in one of the checks of the release. */
  readonly conditioned?: ConditionedCheck;
}

export interface ReachJob {
  readonly kind: 'reach';
  readonly release: string;
  readonly bounds: ReachBounds;
  readonly invariants: readonly string[];
}

interface RaceJob {
  readonly kind: 'race';
  readonly release: string;
  readonly bounds: RaceBounds;
  readonly invariants: readonly string[];
}

interface CompareJob {
  readonly kind: 'compare';
  readonly releases: readonly [string, string];
  readonly bounds: CompareBounds;
}

/** What each shape of call needs of map slots. */
interface HeadroomJob {
  readonly kind: 'headroom';
  readonly release: string;
  readonly bounds: HeadroomBounds;
}

/** What a check has to ask for in each case, so that promises are kept. */
interface NeedsJob {
  readonly kind: 'needs';
  readonly release: string;
  readonly check: string;
  readonly bounds: EnumerateBounds;
  readonly promises: readonly string[];
}

/** A search that can be cut into pieces before it is begun. */
export type CutJob = EnumerateJob | RaceJob | CompareJob | HeadroomJob | NeedsJob;
export type Job = ReachJob | CutJob;

export const releasesOf = (job: Job): readonly string[] =>
  job.kind === 'compare' ? job.releases : [job.release];

/** A piece of a job; a reach search has one, which is handed out in slices. */
export interface PartTask {
  readonly job: Job;
  readonly part: number;
  readonly parts: number;
}

/** Some states of a reach search. */
export interface SliceTask {
  readonly job: ReachJob;
  readonly slice: SliceText;
}

/** What one worker does at a time. */
export type Task = PartTask | SliceTask;

/** What makes two searches the same. */
export function jobKey(job: Job): string {
  const who = job.kind === 'compare' ? job.releases : job.release;
  const how = job.kind === 'needs' ? job.check : 'conditioned' in job ? job.conditioned : undefined;
  return JSON.stringify([job.kind, who, job.bounds, ...(how === undefined ? [] : [how])]);
}

const invariantsFor = (check: Check, release: string): string[] =>
  check.check === 'compare'
    ? []
    : check.expect.filter((e) => e.releases.includes(release)).map((e) => e.invariant);

/** The searches that a check needs. */
export function jobsOf(check: Check): Job[] {
  if (check.check === 'compare') {
    return [{ kind: 'compare', releases: check.releases, bounds: check.bounds }];
  }
  if (check.check === 'reach') {
    const { release } = check;
    const invariants = invariantsFor(check, release);
    return check.runs.map(({ bounds }) => ({ kind: 'reach', release, bounds, invariants }));
  }
  const releases = [...new Set(check.expect.flatMap((e) => e.releases))];
  return releases.map((release): Job => {
    const invariants = invariantsFor(check, release);
    return check.check === 'race'
      ? { kind: 'race', release, bounds: check.bounds, invariants }
      : { kind: 'enumerate', release, bounds: check.bounds, invariants };
  });
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];

/** Every search that the specs need, each once, with all the invariants that are asked of it. */
export function planJobs(specs: readonly Spec[]): Map<string, Job> {
  const jobs = new Map<string, Job>();
  for (const job of specs.flatMap((spec) => spec.checks).flatMap(jobsOf)) {
    const key = jobKey(job);
    const known = jobs.get(key);
    if (known !== undefined && 'invariants' in known && 'invariants' in job) {
      jobs.set(key, { ...known, invariants: union(known.invariants, job.invariants) });
    } else {
      jobs.set(key, job);
    }
  }
  return jobs;
}
