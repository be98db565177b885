import { Redis } from 'ioredis';
import { invariants } from '../src/invariants/index.js';
import { serve } from '../src/queue/serve.js';
import { onQueue } from '../src/queue/submit.js';
import { execute, type TaskResult } from '../src/verify/execute.js';
import type { Job, Task } from '../src/verify/jobs.js';
import { type Runner, threads } from '../src/verify/pool.js';
import { listed } from '../src/verify/source.js';
import { Threads } from '../src/verify/threads.js';
import { unitsOf } from '../src/verify/units.js';
import { note, repeated, type Scale } from './measure.js';
import { NO_SERVER, Server } from './redis-server.js';
import { median } from './statistics.js';
import { fullBounds } from './workloads.js';

export const NEVER = new AbortController().signal;
const MB = 2 ** 20;

export interface Figures {
  readonly [name: string]: string | number;
}

const connect = (server: Server): Redis =>
  new Redis(server.address, { maxRetriesPerRequest: null });

/** Runs tasks through a queue that workers in this process serve; `run` does one, each worker so many at a time. */
export const through =
  (server: Server, many: number, run: (task: Task) => Promise<TaskResult>, workers = 1): Runner =>
  async (source, signal) => {
    const mine = connect(server);
    const theirs = Array.from({ length: workers }, () => connect(server));
    await Promise.all(theirs.map((client) => client.ping()));
    const serving = theirs.map((client) => {
      const done = new AbortController();
      return { done, end: serve({ client, program: 'bench', many, run }, done.signal) };
    });
    await onQueue({ client: mine, program: 'bench', work: 'bench' })(source, signal);
    for (const { done } of serving) done.abort();
    await Promise.all(serving.map(({ end }) => end));
    for (const client of [mine, ...theirs]) client.disconnect();
  };

interface Spent {
  readonly wall: number;
  /** Of all threads of this process: what others do on the machine tells less in it. */
  readonly cpu: number;
}

async function seconds(runner: Runner, tasks: readonly Task[]): Promise<Spent> {
  const start = performance.now();
  const before = process.cpuUsage();
  let taken = 0;
  let last = start;
  const take = (): void => {
    taken++;
    last = performance.now();
  };
  await runner(listed(tasks, take), NEVER);
  if (taken !== tasks.length) throw new Error(`${taken} of ${tasks.length} came back`);
  const { user, system } = process.cpuUsage(before);
  return { wall: (last - start) / 1000, cpu: (user + system) / 1e6 };
}

/** The first units of a search of the default size, on threads and through a queue by turns. */
async function overhead(server: Server, { pages, repeats }: Scale): Promise<Figures> {
  const ids = invariants.map(({ id }) => id);
  const job: Job = {
    kind: 'enumerate',
    release: 'v6.12',
    bounds: fullBounds(pages),
    invariants: ids,
  };
  const tasks = unitsOf(new Map([['', job]]))
    .slice(0, 8)
    .map(({ task }) => task);
  note(`queue: ${tasks.length} of ${tasks[0]?.parts} units, ${pages} pages, ${repeats} turns`);
  const turns = await repeated(repeats, async () => {
    const local = await seconds(threads(2), tasks);
    const pool = new Threads();
    const queued = await seconds(
      through(server, 2, (task) => pool.run(task)),
      tasks,
    );
    await pool.close();
    return { local, queued };
  });
  const percent = (of: keyof Spent): number =>
    100 * (median(turns.map(({ local, queued }) => queued[of] / local[of])) - 1);
  return {
    what: 'units of the default size, two threads',
    secondsPerUnit: median(turns.map(({ local }) => local.cpu / tasks.length)),
    threadsSeconds: median(turns.map(({ local }) => local.wall)),
    queueSeconds: median(turns.map(({ queued }) => queued.wall)),
    overheadPercent: percent('wall'),
    overheadPercentOfCpu: percent('cpu'),
  };
}

/** Units that do nothing: what the queue itself takes, and whether anything grows meanwhile. */
async function drained(server: Server, many: number): Promise<Figures> {
  note(`queue: ${many} units that do nothing`);
  const job: Job = { kind: 'enumerate', release: 'v6.12', bounds: fullBounds(1), invariants: [] };
  const result = execute({ job, part: 0, parts: 1 });
  const tasks = Array.from({ length: many }, (_, part) => ({ job, part, parts: many }));
  const watching = connect(server);
  const seen: { readonly taken: number; readonly own: number; readonly redis: number }[] = [];
  let taken = 0;
  const start = performance.now();
  const take = (): void => {
    taken++;
    if (taken % (many / 20) !== 0) return;
    const [at, own] = [taken, process.memoryUsage().rss / MB];
    void server.memory(watching).then((redis) => seen.push({ taken: at, own, redis: redis / MB }));
  };
  await through(server, 32, () => Promise.resolve(result))(listed(tasks, take), NEVER);
  const spent = (performance.now() - start) / 1000;
  const left = await server.memory(watching);
  watching.disconnect();
  const most = (from: number, to: number, of: 'own' | 'redis'): number =>
    Math.max(
      ...seen.filter((s) => s.taken > from * many && s.taken <= to * many).map((s) => s[of]),
    );
  return {
    what: `${many} units that do nothing, submitter and worker in one process`,
    unitsPerSecond: many / spent,
    millisecondsPerUnit: (1000 * spent) / many,
    rssFirstHalfMB: most(0, 0.5, 'own'),
    rssSecondHalfMB: most(0.5, 1, 'own'),
    redisFirstHalfMB: most(0, 0.5, 'redis'),
    redisSecondHalfMB: most(0.5, 1, 'redis'),
    redisAfterMB: left / MB,
  };
}

/** With a server of its own; nothing where there is none. */
export async function withServer(
  run: (server: Server) => Promise<readonly object[]>,
): Promise<readonly object[]> {
  if (NO_SERVER !== undefined) {
    note(`queue: ${NO_SERVER}`);
    return [];
  }
  const server = await Server.start();
  try {
    return await run(server);
  } finally {
    await server.down();
  }
}

/** What a queue costs beside threads. */
export const queue = (scale: Scale): Promise<readonly object[]> =>
  withServer(async (server) => [await overhead(server, scale)]);

/** Whether anything grows while many units come and go. */
export const drain = ({ quick }: Scale): Promise<readonly object[]> =>
  withServer(async (server) => [await drained(server, quick ? 2_000 : 100_000)]);
