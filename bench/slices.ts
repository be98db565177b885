import { KeptStates } from '../src/checker/reach/kept-states.js';
import { addressSpaces } from '../src/checker/spaces.js';
import type { TaskResult } from '../src/verify/execute.js';
import type { Job, Task } from '../src/verify/jobs.js';
import { type Runner, threads } from '../src/verify/pool.js';
import { expansionFrom } from '../src/verify/slices.js';
import { listed, type Source } from '../src/verify/source.js';
import { Threads } from '../src/verify/threads.js';
import { frontierOf, Todo } from '../src/verify/todo.js';
import { unitsOf } from '../src/verify/units.js';
import { note, repeated, type Scale } from './measure.js';
import { type Figures, NEVER, through, withServer } from './queue.js';
import type { Server } from './redis-server.js';
import { median } from './statistics.js';
import { fullBounds, reachBounds } from './workloads.js';

/** A search, timed. */
interface Turn {
  readonly seconds: number;
  /** Of all threads of this process. */
  readonly cpu: number;
  readonly found: TaskResult;
}

/** The search whole, as one task. */
const whole = (job: Job, done: (found: TaskResult) => void): Source =>
  listed([{ job, part: 0, parts: 1 }], (_, result) => done(result));

/** The same in slices. */
export const sliced = (job: Job, done: (found: TaskResult) => void): Source =>
  new Todo(unitsOf(new Map([['', job]])), [0], {
    done: (_, found) => done(found),
    merged: () => {},
  });

export async function timed(
  runner: Runner,
  source: (done: (found: TaskResult) => void) => Source,
): Promise<Turn> {
  const start = performance.now();
  const before = process.cpuUsage();
  let turn: Turn | undefined;
  const done = (found: TaskResult): void => {
    const { user, system } = process.cpuUsage(before);
    turn = { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, found };
  };
  await runner(source(done), NEVER);
  if (turn === undefined) throw new Error('the search has stopped early');
  return turn;
}

/** What slices cost and gain: each turn does the search in every way, and the ratios are of one turn. */
async function ways(server: Server, job: Job, { repeats }: Scale): Promise<Figures> {
  const queued = (many: number): Runner => {
    const pool = new Threads();
    const runner = through(server, many, (task) => pool.run(task));
    return async (source, signal) => {
      await runner(source, signal);
      await pool.close();
    };
  };
  const one = (runner: Runner): Promise<Turn> => timed(runner, (done) => sliced(job, done));
  const turns = await repeated(repeats, async () => ({
    whole: await timed(threads(1), (done) => whole(job, done)),
    one: await one(threads(1)),
    two: await one(threads(2)),
    oneQueued: await one(queued(1)),
    twoQueued: await one(queued(2)),
  }));
  type Way = keyof (typeof turns)[number];
  const expected = JSON.stringify(turns[0]?.whole.found);
  for (const turn of turns) {
    for (const [way, { found }] of Object.entries(turn)) {
      if (JSON.stringify(found) !== expected) throw new Error(`${way} found something else`);
    }
  }
  const seconds = (way: Way): number => median(turns.map((turn) => turn[way].seconds));
  const ratio = (a: Way, b: Way, of: 'seconds' | 'cpu' = 'seconds'): number =>
    median(turns.map((turn) => turn[a][of] / turn[b][of]));
  return {
    what: `reach in ${job.bounds.pages} pages, whole and in slices`,
    wholeSeconds: seconds('whole'),
    slicesOverWhole: ratio('one', 'whole'),
    slicesOverWholeCpu: ratio('one', 'whole', 'cpu'),
    twoWorkersFaster: ratio('one', 'two'),
    twoWorkersOverOneCpu: ratio('two', 'one', 'cpu'),
    queueOverThreadsOne: ratio('oneQueued', 'one'),
    queueOverThreadsTwo: ratio('twoQueued', 'two'),
    queueOverThreadsTwoCpu: ratio('twoQueued', 'two', 'cpu'),
  };
}

/** What goes to and fro, and what the submitter can merge: the limit of the number of workers. */
async function messages(job: Job, workers: number): Promise<Figures> {
  const results: TaskResult[] = [];
  let [slices, there, back] = [0, 0, 0];
  let found: TaskResult | undefined;
  const source = sliced(job, (result) => {
    found = result;
  });
  const bytes = (what: Task | TaskResult): number => JSON.stringify(what).length;
  const start = performance.now();
  await threads(workers)(
    {
      next: () => {
        const handed = source.next();
        if (handed === undefined) return undefined;
        slices++;
        there += bytes(handed.task);
        return handed;
      },
      take: (number, result) => {
        back += bytes(result);
        results.push(result);
        source.take(number, result);
      },
    },
    NEVER,
  );
  const expanding = (performance.now() - start) / 1000;
  if (job.kind !== 'reach' || found?.kind !== 'reach') throw new Error('no reach');
  const states = found.found.work.spaces;
  const again = frontierOf(job);
  const merging = performance.now();
  for (const result of results) {
    while (again.slice() !== undefined);
    if (result.kind === 'slice') again.take(expansionFrom(result.found));
  }
  const merged = (performance.now() - merging) / 1000;
  if (!again.isDone) throw new Error('not all was merged');
  return {
    what: `the same, ${workers} expanding`,
    states,
    slices,
    bytesToWorkersPerState: there / states,
    bytesBackPerState: back / states,
    statesExpandedPerSecondAndWorker: states / expanding / workers,
    statesMergedPerSecond: states / merged,
  };
}

/** What a stored state takes in the submitter, of a million and more: its words, its place, its history. */
function stored(quick: boolean): Figures {
  const { classes, pages } = reachBounds(quick ? 6 : 12);
  const spaces = addressSpaces({ ...fullBounds(pages, classes), identities: 1 });
  const many = Math.min(spaces.length, quick ? 10_000 : 1_500_000);
  note(`slices: ${many} states stored`);
  const before = process.memoryUsage().arrayBuffers;
  const store = new KeptStates();
  let most = 0;
  let vmas = 0;
  const step = Math.floor(spaces.length / many);
  for (let i = 0; i < many; i++) {
    const space = spaces.at(i * step);
    vmas += space.length;
    store.add(space, Math.floor(i / 30), (i * 7919) % 3000);
    if (i % 1024 === 0 && i >= many / 2) {
      most = Math.max(most, (process.memoryUsage().arrayBuffers - before) / (i + 1));
    }
  }
  return {
    what: 'states in memory',
    states: store.size,
    vmasPerState: vmas / many,
    bytesPerStateAtMost: most,
  };
}

/** Reach searches in slices, beside those in one piece. */
export async function slices(scale: Scale): Promise<readonly object[]> {
  const pages = scale.quick ? 4 : 6;
  const job: Job = { kind: 'reach', release: 'v6.12', bounds: reachBounds(pages), invariants: [] };
  note(`slices: reach in ${pages} pages, ${scale.repeats} turns`);
  return [
    // Before others leave buffers behind.
    stored(scale.quick),
    ...(await withServer(async (server) => [await ways(server, job, scale)])),
    await messages(job, 1),
    await messages(job, 2),
    await messages(job, 4),
  ];
}
