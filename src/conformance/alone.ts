import { KernelDied } from './failed.js';
import type { Kernel } from './kernel.js';
import { runOn } from './run-on.js';
import type { Scenario } from './scenario.js';

/**
 * What becomes of a kernel that runs one scenario and no other: how it died, that it survived, or that it was
 * not waited for. Twice, since a kernel that dies behind the answer to one leaves the next without. One that
 * died is to be started anew.
 */
export async function runAlone(
  kernel: Kernel,
  scenario: Scenario,
  signal: AbortSignal,
): Promise<KernelDied | 'survived' | 'not run'> {
  try {
    const ran = await runOn(kernel, [scenario, scenario], signal);
    return ran === undefined ? 'not run' : 'survived';
  } catch (error) {
    if (error instanceof KernelDied) return error;
    throw error;
  }
}
