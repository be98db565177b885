import { availableParallelism } from 'node:os';
import { releaseOfReference } from '../patches/reference.js';
import { plural } from '../report/words.js';
import { programFingerprint } from '../runs/fingerprint.js';
import { releasesOf, type Task } from '../verify/jobs.js';
import { Threads } from '../verify/threads.js';
import { Exit } from './exit.js';
import { interruptible } from './interruption.js';
import { note, print } from './terminal.js';

export interface WorkerFlags {
  readonly queue: string;
  readonly workers?: number;
  readonly idle?: number;
  readonly modules?: boolean;
}

/** Throws BadInput where a unit names a patch that is code: whoever writes to the queue may name any. */
function refuseModules({ job }: Task): void {
  for (const release of releasesOf(job)) releaseOfReference(release, { modules: false });
}

/** Does units of the queue on threads of this machine, until it is interrupted or there is nothing to do. */
export const workerCommand = (flags: WorkerFlags): Promise<Exit> =>
  interruptible((signal) => working(flags, signal), 'interrupted: finishing what is under way');

async function working(
  { queue, workers, idle, modules = false }: WorkerFlags,
  signal: AbortSignal,
): Promise<Exit> {
  const { queueAddress, shownAddress } = await import('../queue/address.js');
  const { connected } = await import('../queue/connection.js');
  const { serve } = await import('../queue/serve.js');
  const address = queueAddress(queue);
  const { client, leave } = await connected(address, note);
  const threads = new Threads();
  const many = Math.max(1, workers ?? availableParallelism());
  note(`queue: ${plural(many, 'thread')} for ${shownAddress(address)}`);
  try {
    const done = await serve(
      {
        client,
        program: programFingerprint(),
        many,
        run: async (task) => {
          if (!modules) refuseModules(task);
          return threads.run(task);
        },
        ...(idle === undefined ? {} : { idle }),
      },
      signal,
    );
    print(`${plural(done, 'unit')} done`);
    return Exit.ok;
  } finally {
    leave();
    await threads.close();
  }
}
