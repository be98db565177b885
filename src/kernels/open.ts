import type { Kernel } from '../conformance/kernel.js';
import { openLive } from './live.js';
import { openImage } from './qemu.js';
import { openUml } from './uml.js';

/**
 * The kernel that a user names: `live`, `uml`, `uml:PROGRAM`, or the path of an image. Throws BadInput
 * for a file that is no kernel, KernelFailed where it cannot be run.
 */
export function openKernel(name: string): Promise<Kernel> {
  if (name === 'live') return openLive();
  if (name === 'uml') return openUml();
  if (name.startsWith('uml:')) return openUml(name.slice('uml:'.length));
  return openImage(name);
}
