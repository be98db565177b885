import { invariants } from '../src/invariants/index.js';
import { execute } from '../src/verify/execute.js';
import type { Job } from '../src/verify/jobs.js';
import { unitsOf } from '../src/verify/units.js';
import { note, type Scale } from './measure.js';
import { fullBounds, twoMovers } from './workloads.js';

/** What each of some units of a search took. */
export interface UnitTimes {
  readonly search: string;
  readonly pages: number;
  /** Units that the search is cut into. */
  readonly units: number;
  /** Of the processor, of units spread evenly over the search: what others do tells less in it than by the clock. */
  readonly seconds: readonly number[];
}

const RELEASE = 'v7.2';

function searches(quick: boolean): readonly (readonly [string, Job])[] {
  const less = quick ? 3 : 0;
  const of = { release: RELEASE, invariants: invariants.map(({ id }) => id) };
  const failing = { ...fullBounds(5 - less), failures: 1 as const };
  return [
    ['enumerate', { kind: 'enumerate', ...of, bounds: fullBounds(7 - less) }],
    ['one failure', { kind: 'enumerate', ...of, bounds: failing }],
    ['two threads', { kind: 'race', ...of, bounds: twoMovers(4 - less) }],
  ];
}

function timed(search: string, job: Job, many: number): UnitTimes {
  const tasks = unitsOf(new Map([['', job]])).map(({ task }) => task);
  const sample = Math.min(many, tasks.length);
  note(`unit-times: ${search}, ${job.bounds.pages} pages, ${sample} of ${tasks.length} units`);
  // What all units have in common is made once a thread.
  execute({ job, part: 0, parts: 2 ** 40 });
  const seconds = Array.from({ length: sample }, (_, i) => {
    const task = tasks[Math.floor((i * tasks.length) / sample)];
    const before = process.cpuUsage();
    execute(task as NonNullable<typeof task>);
    const { user, system } = process.cpuUsage(before);
    return Number(((user + system) / 1e6).toPrecision(3));
  });
  return { search, pages: job.bounds.pages, units: tasks.length, seconds };
}

/** How long units take, and how far they are apart, by kind of search; some minutes. */
export const unitTimes = async ({ quick }: Scale): Promise<readonly UnitTimes[]> =>
  searches(quick).map(([search, job]) => timed(search, job, quick ? 4 : 32));
