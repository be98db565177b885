import { setTimeout as sleep } from 'node:timers/promises';
import { execute, type TaskResult } from '../src/verify/execute.js';
import type { Job, Task } from '../src/verify/jobs.js';
import { listed } from '../src/verify/source.js';
import { note, type Scale } from './measure.js';
import { through, withServer } from './queue.js';
import type { Server } from './redis-server.js';
import { type Desk, drawnUnits, simulate } from './simulation.js';
import { fullBounds } from './workloads.js';

/** The simulation beside what it is of. */
interface Compared {
  readonly workers: number;
  readonly units: number;
  /** Of a unit in the mean. */
  readonly unitSeconds: number;
  readonly seconds: number;
  readonly simulatedSeconds: number;
}

/** In the last the server is what they wait for. */
const RUNS: readonly (readonly [workers: number, unitSeconds: number])[] = [
  [1, 0.5],
  [2, 0.5],
  [10, 0.5],
  [100, 0.5],
  [100, 0.1],
];

const NEVER = new AbortController().signal;

const JOB: Job = { kind: 'enumerate', release: 'v7.2', bounds: fullBounds(1), invariants: [] };

/** Seconds that units of these lengths take so many workers, until the last answer; they sleep instead of working. */
async function slept(server: Server, workers: number, units: readonly number[]): Promise<number> {
  const result = execute({ job: JOB, part: 0, parts: 1 });
  let first = 0;
  let last = 0;
  const one = async (task: Task): Promise<TaskResult> => {
    first ||= performance.now();
    const long = 'part' in task ? (units[task.part] as number) : 0;
    if (long > 0) await sleep(1000 * long);
    return result;
  };
  const tasks = units.map((_, part) => ({ job: JOB, part, parts: units.length }));
  const source = listed(tasks, () => {
    last = performance.now();
  });
  await through(server, 1, one, workers)(source, NEVER);
  return (last - first) / 1000;
}

/** What the queue takes of each unit, from units that do nothing: many at a time, and one by one. */
async function deskOf(server: Server, many: number): Promise<Desk> {
  const each = async (workers: number): Promise<number> =>
    (await slept(server, workers, new Array<number>(many).fill(0))) / many;
  const cost = await each(16);
  return { cost, latency: Math.max(0, (await each(1)) - cost) };
}

/**
 * Runs of units that sleep, through a queue and in the simulation of it: with few workers the units decide,
 * with many the server does. They sleep since a machine of few cores can have many workers no other way.
 */
export const simulated = ({ quick }: Scale): Promise<readonly object[]> =>
  withServer(async (server) => {
    note('simulate: what the queue takes of a unit');
    const desk = await deskOf(server, quick ? 300 : 2_000);
    const rows: Compared[] = [];
    for (const [workers, unitSeconds] of RUNS) {
      const units = [...drawnUnits(Math.max(40, 6 * workers), unitSeconds, [0.5, 1, 1, 1.5])];
      note(`simulate: ${units.length} units, ${workers} workers`);
      const seconds = await slept(server, workers, units);
      const { seconds: simulatedSeconds } = simulate(units, { workers, start: 0 }, desk);
      rows.push({ workers, units: units.length, unitSeconds, seconds, simulatedSeconds });
    }
    return [{ what: 'seconds that the queue takes of a unit', ...desk }, ...rows];
  });
