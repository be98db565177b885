import type { ReachBounds } from '../src/checker/bounds.js';
import type { Job } from '../src/verify/jobs.js';
import { threads } from '../src/verify/pool.js';
import { note, probe, repeated, type Scale, typical } from './measure.js';
import { sliced, timed } from './slices.js';
import { median } from './statistics.js';
import { movingBounds, reachBounds } from './workloads.js';

interface ReachResult {
  readonly what: string;
  readonly workers: number;
  readonly states: number;
  readonly statesPerSecond: number;
  readonly callsPerSecond: number;
  /** One worker's time over this one's. */
  readonly speedup: number;
}

/** In slices, on one worker and on two; starting the threads is in it. */
async function inSlices(
  what: string,
  bounds: ReachBounds,
  repeats: number,
): Promise<ReachResult[]> {
  const job: Job = { kind: 'reach', release: 'v6.12', bounds, invariants: [] };
  const search = async (workers: number) => {
    const { seconds, found } = await timed(threads(workers), (done) => sliced(job, done));
    if (found.kind !== 'reach') throw new Error('no reach');
    return { seconds, ...found.found.work };
  };
  const turns = await repeated(repeats, async () => [await search(1), await search(2)] as const);
  return [1, 2].map((workers, i) => {
    const of = (turn: (typeof turns)[number]) => turn[i] as (typeof turn)[0];
    const { seconds, spaces, transitions } = typical(turns.map(of));
    return {
      what,
      workers,
      states: spaces,
      statesPerSecond: spaces / seconds,
      callsPerSecond: transitions / seconds,
      speedup: median(turns.map((turn) => turn[0].seconds / of(turn).seconds)),
    };
  });
}

/** Distinct states a second. */
export async function states({ quick, repeats }: Scale): Promise<readonly object[]> {
  const still = quick ? 3 : 6;
  const moving = quick ? 2 : 4;
  note(`reach: ${still} pages without moves, ${moving} with, ${repeats} turns`);
  const runs = await repeated(repeats, () =>
    probe({ search: 'reach', bounds: movingBounds(moving) }),
  );
  const { states: found } = typical(runs);
  const bytes = median(runs.map((run) => run.bytes));
  return [
    ...(await inSlices(`${still} pages, no move gets through`, reachBounds(still), repeats)),
    ...(await inSlices(`${moving} pages, moves get through`, movingBounds(moving), repeats)),
    {
      what: 'the same in a process of its own',
      states: found,
      bytes,
      bytesPerState: bytes / found,
    },
  ];
}
