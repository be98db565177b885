import { plural } from '../report/words.js';
import { programFingerprint, workFingerprint } from '../runs/fingerprint.js';
import type { Spec } from '../specs/spec.js';
import { planJobs } from '../verify/jobs.js';
import type { Runner } from '../verify/pool.js';
import { unitsOf } from '../verify/units.js';
import { note } from './terminal.js';

/**
 * Runs something on the workers of a queue, or in this process if none is given. What speaks to the engine
 * is loaded when it is asked for.
 *
 * @throws BadInput where the queue cannot be had
 */
export async function withQueue<T>(
  given: string | undefined,
  specs: readonly Spec[],
  run: (runner: { readonly runner?: Runner }) => Promise<T>,
): Promise<T> {
  if (given === undefined) return run({});
  const { queueAddress } = await import('../queue/address.js');
  const { connected } = await import('../queue/connection.js');
  const { onQueue } = await import('../queue/submit.js');
  const { client, leave } = await connected(queueAddress(given), note);
  const submission = {
    client,
    program: programFingerprint(),
    work: workFingerprint(specs, unitsOf(planJobs(specs))),
    onWorkers: (workers: number) =>
      note(
        workers === 0
          ? 'queue: nobody at work; mremap-check worker --queue ... on any machine takes it'
          : `queue: ${plural(workers, 'worker')} at work`,
      ),
    onLost: (units: number) =>
      note(`queue: the server forgot ${plural(units, 'unit')}, put there again`),
  };
  try {
    return await run({ runner: onQueue(submission) });
  } finally {
    leave();
  }
}
