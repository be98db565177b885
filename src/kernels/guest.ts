import { readFileSync } from 'node:fs';
import { KernelFailed } from '../conformance/failed.js';
import type { Kernel } from '../conformance/kernel.js';
import { built } from './build.js';
import { cpio } from './cpio.js';
import { GuestFolder } from './guest-folder.js';
import { type ProbeCommand, ProbeProcess } from './probe-process.js';
import { ProbedKernel } from './probed-kernel.js';

/** All that is in a guest: the probe, and what it needs to find. */
const initramfs = (): Buffer =>
  cpio([
    { path: 'proc', folder: true },
    { path: 'ramfs', folder: true },
    { path: 'dev', folder: true },
    { path: 'dev/console', device: [5, 1] },
    { path: 'dev/ttyS0', device: [4, 64] },
    { path: 'init', program: readFileSync(built('probe')) },
  ]);

/**
 * Boots a guest and waits for the probe in it; throws KernelFailed, with nothing left running.
 *
 * @param name of the kernel, as the user gave it
 * @param how to boot it, given its folder
 * @param signal ends the boot
 */
export async function openGuest(
  name: string,
  how: (folder: GuestFolder) => Omit<ProbeCommand, 'console'>,
  signal: AbortSignal | undefined,
): Promise<Kernel> {
  if (signal?.aborted === true) throw new KernelFailed(`${name} was stopped before its start`);
  const folder = new GuestFolder(initramfs());
  let probe: ProbeProcess | undefined;
  const stop = (): void => void probe?.close();
  signal?.addEventListener('abort', stop);
  try {
    probe = new ProbeProcess({ ...how(folder), console: () => folder.consoleText() });
    return new ProbedKernel(name, [], await probe.greeting(), probe, () => folder.remove());
  } catch (error) {
    await probe?.close();
    folder.remove();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * Boots a guest in the first of some ways in which it starts.
 *
 * @param boot rejects with KernelFailed where it does not start
 * @param signal after which no further way is tried
 */
export async function bootFirst<Way>(
  [way, ...others]: readonly [Way, ...Way[]],
  boot: (way: Way) => Promise<Kernel>,
  signal: AbortSignal | undefined,
): Promise<Kernel> {
  try {
    return await boot(way);
  } catch (error) {
    const [next, ...rest] = others;
    const isLast = next === undefined || signal?.aborted === true;
    if (!(error instanceof KernelFailed) || isLast) throw error;
    return bootFirst([next, ...rest], boot, signal);
  }
}
