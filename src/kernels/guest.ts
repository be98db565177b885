import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel } from '../conformance/kernel.js';
import { built } from './build.js';
import { cpio } from './cpio.js';
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

/** A folder for one guest, which goes with it. */
export interface GuestFolder {
  readonly folder: string;
  readonly initramfs: string;
  /** Where the console of the guest goes, if it has a file of its own. */
  readonly console: string;
}

function makeFolder(): GuestFolder {
  const folder = mkdtempSync(join(tmpdir(), 'mremap-check-guest-'));
  const [archive, console] = [join(folder, 'initramfs.cpio'), join(folder, 'console')];
  writeFileSync(archive, initramfs());
  return { folder, initramfs: archive, console };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Boots a guest and waits for the probe in it; throws KernelFailed, with nothing left running.
 *
 * @param name of the kernel, as the user gave it
 * @param how to boot it, given its folder
 */
export async function openGuest(
  name: string,
  how: (files: GuestFolder) => Omit<ProbeCommand, 'console'>,
): Promise<Kernel> {
  const files = makeFolder();
  const remove = () => rmSync(files.folder, { recursive: true, force: true });
  let probe: ProbeProcess | undefined;
  try {
    probe = new ProbeProcess({ ...how(files), console: () => textOf(files.console) });
    return new ProbedKernel(name, [], await probe.greeting(), probe, remove);
  } catch (error) {
    await probe?.close();
    remove();
    throw error;
  }
}
