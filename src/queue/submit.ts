import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Task } from '../verify/jobs.js';
import type { Runner } from '../verify/pool.js';
import type { Handed, Source } from '../verify/source.js';
import { atMost } from './at-most.js';
import { QueueFailed } from './failed.js';
import {
  ENGINE,
  type QueuedResult,
  type QueuedUnit,
  RUN_KEPT,
  resultsQueue,
  runKey,
  unitId,
  unitsQueue,
} from './names.js';

/** Whose work it is, and who is told how it goes. */
export interface Submission {
  readonly client: Redis;
  readonly program: string;
  readonly work: string;
  /** Told of the number of workers, where it changes. */
  readonly onWorkers?: (workers: number) => void;
  /** Told of the number of units that the server forgot, when they are put there again. */
  readonly onLost?: (units: number) => void;
}

/** Units on the queue at most beside those that somebody is at work on, and how many are put there at a time. */
const WINDOW = 1000;
const CHUNK = 100;

/** Milliseconds between two looks at the queue, and where nobody is at work yet. */
const LOOK = 5_000;
const LOOK_SOON = 500;

/** One run on the queue. */
class Submitted {
  private readonly run = randomUUID();
  private readonly units: Queue<QueuedUnit>;
  private readonly results: Queue<QueuedResult>;
  /** Units on the queue, or about to be put there. */
  private readonly out = new Map<number, Task>();
  private workers = -1;
  /** Units that somebody was at work on when we last looked: few workers or ten thousand. */
  private active = 0;
  private feeding = false;

  constructor(
    private readonly of: Submission,
    private readonly source: Source,
  ) {
    const options = { connection: of.client, streams: ENGINE.streams };
    this.units = new Queue(unitsQueue(of.program), options);
    this.results = new Queue(resultsQueue(this.run), options);
    // Of a lost connection the client says so; what is asked of it waits.
    for (const queue of [this.units, this.results]) queue.on('error', () => {});
  }

  /** Resolves when all is done, or there is an abort; throws QueueFailed. */
  async finish(signal: AbortSignal): Promise<void> {
    let ended: () => void = () => {};
    let failed: (error: unknown) => void = () => {};
    const end = new Promise<void>((resolve, reject) => {
      ended = resolve;
      failed = reject;
    });
    const taker = new Worker<QueuedResult>(
      this.results.name,
      async ({ data }) => {
        try {
          this.take(data);
          this.feed().catch(failed);
          if (this.out.size === 0) ended();
        } catch (error) {
          failed(error);
        }
      },
      { connection: this.of.client, ...ENGINE, concurrency: 16, removeOnComplete: { count: 0 } },
    );
    taker.on('error', () => {});
    let looking: NodeJS.Timeout | undefined;
    let over = false;
    const look = async (): Promise<void> => {
      await this.look();
      if (over) return;
      looking = setTimeout(() => look().catch(failed), this.workers > 0 ? LOOK : LOOK_SOON);
    };
    signal.addEventListener('abort', ended, { once: true });
    if (signal.aborted) ended();
    try {
      // Workers drop units of a run that nobody waits for, so that is said first.
      this.renew()
        .then(() => this.feed())
        .then(() => (this.out.size === 0 ? ended() : look()))
        .catch(failed);
      await end;
    } finally {
      over = true;
      clearTimeout(looking);
      signal.removeEventListener('abort', ended);
      await atMost(this.withdraw(taker), 5_000);
    }
  }

  /** A unit that was done twice is taken once. */
  private take({ unit, result }: QueuedResult): void {
    if (this.out.delete(unit)) this.source.take(unit, result);
  }

  /** Puts units on the queue, few enough that neither side needs much memory; what comes up meanwhile too. */
  private async feed(): Promise<void> {
    if (this.feeding) return;
    this.feeding = true;
    try {
      await this.fill();
    } finally {
      this.feeding = false;
    }
  }

  private async fill(): Promise<void> {
    while (this.out.size <= this.active + WINDOW - CHUNK) {
      const chunk = this.chunk();
      if (chunk.length === 0) return;
      await this.put(chunk);
    }
  }

  private chunk(): Handed[] {
    const chunk: Handed[] = [];
    while (chunk.length < CHUNK) {
      const handed = this.source.next();
      if (handed === undefined) break;
      this.out.set(handed.number, handed.task);
      chunk.push(handed);
    }
    return chunk;
  }

  private async put(units: readonly Handed[]): Promise<void> {
    const { program, work } = this.of;
    await this.units.addBulk(
      units.map(({ number: unit, task }) => ({
        name: 'unit',
        data: { program, work, run: this.run, unit, task },
        opts: {
          jobId: unitId(this.run, unit),
          removeOnComplete: true,
          removeOnFail: { age: 3600 },
          // What waits for nobody waits behind slices.
          ...('slice' in task ? {} : { priority: 1 }),
        },
      })),
    );
  }

  private renew(): Promise<unknown> {
    return this.of.client.set(runKey(this.run), this.of.program, 'PX', RUN_KEPT);
  }

  /** Says that we wait, counts workers, and finds what was given up or lost. */
  private async look(): Promise<void> {
    if (this.of.client.status !== 'ready') return;
    await this.renew();
    const workers = await this.units.getWorkersCount();
    if (workers !== this.workers) this.of.onWorkers?.(workers);
    this.workers = workers;
    await this.findLost();
    const { failed = 0, active = 0 } = await this.units.getJobCounts('failed', 'active');
    if (failed > 0) await this.findFailed(failed);
    this.active = active;
    await this.feed();
  }

  private async findFailed(failed: number): Promise<void> {
    for (const job of await this.units.getFailed(0, failed)) {
      if (job?.data.run !== this.run) continue;
      throw new QueueFailed(`--queue: a worker gave up a unit: ${job.failedReason}`);
    }
  }

  /** A server that keeps less than every write may have forgotten units: they are put there again. */
  private async findLost(): Promise<void> {
    // Those that are being put there are not there yet.
    if (this.feeding) return;
    // In this order: a result is on its queue before the unit leaves its own.
    const undone = await this.missing(this.units, [...this.out.keys()]);
    const gone = await this.missing(this.results, undone);
    const lost = gone.flatMap((number) => {
      const task = this.out.get(number);
      return task === undefined ? [] : [{ number, task }];
    });
    if (lost.length === 0) return;
    this.of.onLost?.(lost.length);
    await this.put(lost);
  }

  /** Those of some units that a queue does not have. */
  private async missing(queue: Queue, units: readonly number[]): Promise<number[]> {
    const asked = units.map((unit) => ['exists', queue.toKey(unitId(this.run, unit))]);
    const answers = (await this.of.client.pipeline(asked).exec()) ?? [];
    return units.filter((_, i) => answers[i]?.[1] === 0);
  }

  /** Leaves nothing behind. What waits for a server that is gone ends with the connection. */
  private async withdraw(taker: Worker): Promise<void> {
    const left = [...this.out.keys()];
    // First of all: it goes on asking for as long as it is open.
    const closed = taker.close(left.length > 0);
    await this.of.client.del(runKey(this.run));
    await Promise.allSettled(left.map((unit) => this.units.remove(unitId(this.run, unit))));
    await closed;
    await this.results.obliterate({ force: true });
    await Promise.all([this.units.close(), this.results.close()]);
  }
}

/** Lets workers anywhere do what a source has. */
export const onQueue =
  (submission: Submission): Runner =>
  (source, signal) =>
    new Submitted(submission, source).finish(signal);
