import { setImmediate } from 'node:timers/promises';
import { KernelFailed } from './failed.js';
import type { Kernel, Ran } from './kernel.js';
import type { Scenario } from './scenario.js';

/** Undefined as soon as the signal is aborted, whatever becomes of the promise. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/**
 * Runs scenarios on a kernel, and gives what it made of each, in turn; undefined after an abort, for
 * which a slow kernel is not waited for. Throws KernelFailed, also where it did not answer each of them in turn.
 */
export async function runOn(
  kernel: Kernel,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): Promise<readonly Ran[] | undefined> {
  // A kernel that answers at once would leave no moment for signals.
  await setImmediate();
  if (signal.aborted) return undefined;
  const ran = await unlessAborted(kernel.run(scenarios), signal).catch((error: Error) => {
    if (error instanceof KernelFailed) throw error;
    throw new KernelFailed(`${kernel.name}: ${error.message}`, { cause: error });
  });
  if (ran === undefined) return undefined;
  for (const [i, { id }] of scenarios.entries()) {
    const answered = ran[i]?.id ?? 'nothing';
    if (answered !== id)
      throw new KernelFailed(`${kernel.name} answered ${answered} to scenario ${id}`);
  }
  return ran;
}
