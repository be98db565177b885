import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { BadInput } from '../input/bad-input.js';
import type { TaskResult } from '../verify/execute.js';
import type { Task } from '../verify/jobs.js';
import { atMost } from './at-most.js';
import {
  ENGINE,
  type QueuedUnit,
  RUN_KEY,
  resultsQueue,
  runKey,
  unitId,
  unitsQueue,
} from './names.js';

/** Who takes units, and how they are done. */
export interface Service {
  readonly client: Redis;
  readonly program: string;
  /** Units at a time. */
  readonly many: number;
  /** Does one beside this thread, which says meanwhile that somebody is at work on it. */
  readonly run: (task: Task) => Promise<TaskResult>;
  /** Ends after so many seconds without a unit; goes on for ever unless given. */
  readonly idle?: number;
}

/** Milliseconds between two looks at what there is. */
const LOOK = 1_000;

/** The longest that a timer takes. */
const FOREVER = 2 ** 31 - 1;

const NEVER = new AbortController().signal;

/** Versions that somebody waits for. */
async function versionsWanted(client: Redis): Promise<string[]> {
  const versions: string[] = [];
  for await (const keys of client.scanStream({ match: `${RUN_KEY}*` })) {
    if ((keys as string[]).length === 0) continue;
    const found = await client.mget(keys as string[]);
    versions.push(...found.filter((version) => version !== null));
  }
  return versions;
}

/** Refuses to wait where there is work of other versions alone. */
async function checkVersion({ client, program }: Service): Promise<void> {
  const versions = await versionsWanted(client);
  if (versions.length === 0 || versions.includes(program)) return;
  throw new BadInput(
    `--queue: found work of version ${[...new Set(versions)].join(', ')} alone, expected ${program}, which this is; the worker must be the same build as who submits`,
  );
}

/** Where results go; few runs wait at a time. */
class Results {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly client: Redis) {}

  of(run: string): Queue {
    let queue = this.queues.get(run);
    if (queue === undefined) {
      queue = new Queue(resultsQueue(run), { connection: this.client, streams: ENGINE.streams });
      queue.on('error', () => {});
      this.queues.set(run, queue);
    }
    return queue;
  }

  /** Nobody waits for them: what is there of them goes too. */
  async drop(run: string): Promise<void> {
    const queue = this.of(run);
    this.queues.delete(run);
    await queue.obliterate({ force: true });
    await queue.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }
}

/**
 * Takes units from the queue and does them, until there is an abort or nothing to do for too long. The
 * result is on its way before the unit leaves the queue: one that is lost in between is done again.
 *
 * @returns how many were done
 * @throws BadInput where there is work of other versions alone
 */
export async function serve(service: Service, signal: AbortSignal): Promise<number> {
  const { client, program, many, run, idle } = service;
  await unlessAborted(checkVersion(service), signal);
  const results = new Results(client);
  let done = 0;
  let busy = 0;
  let last = performance.now();
  const one = async ({ run: of, unit, task }: QueuedUnit): Promise<void> => {
    const isWanted = async (): Promise<boolean> => (await client.exists(runKey(of))) === 1;
    if (!(await isWanted())) return results.drop(of);
    const result = await run(task);
    if (!(await isWanted())) return results.drop(of);
    const data = { unit, result };
    await results.of(of).add('result', data, { jobId: unitId(of, unit), removeOnComplete: true });
    done++;
  };
  const worker = new Worker<QueuedUnit>(
    unitsQueue(program),
    async ({ data }) => {
      busy++;
      try {
        await one(data);
      } finally {
        busy--;
        last = performance.now();
      }
    },
    { connection: client, ...ENGINE, concurrency: many },
  );
  worker.on('error', () => {});
  try {
    while (!signal.aborted) {
      await until(signal, LOOK);
      if (busy > 0 || client.status !== 'ready') continue;
      const waited = (performance.now() - last) / 1000;
      if (idle !== undefined && waited >= idle) break;
      if (waited > 10) await unlessAborted(checkVersion(service), signal);
    }
  } finally {
    await worker.pause(true);
    while (busy > 0 && client.status === 'ready') await until(NEVER, 100);
    // A server that is gone is not told of the last units: they are done again.
    await atMost(worker.close(!(await isAnswering(client))), 5_000);
    await atMost(results.close(), 5_000);
  }
  return done;
}

/** Waits for an answer of the server, which may be gone, no longer than until an abort. */
async function unlessAborted(what: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const answered = what.finally(() => over.abort());
  answered.catch(() => {});
  await until(AbortSignal.any([signal, over.signal]), FOREVER);
  if (over.signal.aborted) await answered;
}

async function isAnswering(client: Redis): Promise<boolean> {
  let answered = false;
  const asked = client.ping().then(() => {
    answered = true;
  });
  await atMost(asked, 2_000);
  return answered;
}

/** After so many milliseconds, or at an abort. */
const until = (signal: AbortSignal, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
