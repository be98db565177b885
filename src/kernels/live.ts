import type { Kernel } from '../conformance/kernel.js';
import { built } from './build.js';
import { ProbeProcess } from './probe-process.js';
import { ProbedKernel } from './probed-kernel.js';

/** How the limit of a scenario comes about: by mappings up to max_map_count, or by setting it, as root. */
export type Limits = 'fillers' | 'sysctl';

/**
 * The running kernel. As an ordinary user it leaves the machine as it is. With `sysctl` the limit of the
 * whole machine is set, though never more than some hundreds below what it was, and is set back in the
 * end. Throws KernelFailed.
 */
export async function openLive(limits: Limits = 'fillers'): Promise<Kernel> {
  const probe = new ProbeProcess({
    what: 'the probe on the running kernel',
    program: built('probe'),
    args: [limits],
    install: 'is the cache on a file system that is mounted noexec?',
    inFlight: 1 << 15,
    patience: { start: 30, answer: 20 },
  });
  try {
    return new ProbedKernel('live', ['committedDelta'], await probe.greeting(), probe);
  } catch (error) {
    await probe.close();
    throw error;
  }
}
