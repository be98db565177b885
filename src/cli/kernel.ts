import type { Kernel } from '../conformance/kernel.js';
import { releaseOf } from '../conformance/release-of.js';
import { BadInput } from '../input/bad-input.js';
import { openKernel } from '../kernels/open.js';
import type { Release } from '../model/release.js';
import { interruptible } from './interruption.js';
import { releaseToRun } from './release-flag.js';

/** Opens a kernel and closes it whatever becomes of the use: done, interrupted or failed. */
export const withKernel = <T>(
  name: string,
  use: (kernel: Kernel, signal: AbortSignal) => Promise<T>,
  flag = '--kernel',
): Promise<T> =>
  interruptible(async (signal) => {
    const kernel = await openKernel(name, flag, signal);
    try {
      return await use(kernel, signal);
    } finally {
      await kernel.close();
    }
  });

/** The release that a flag names, or else the one that stands for the kernel's version; throws BadInput. */
export function releaseBeside(kernel: Kernel, ref: string | undefined): Release {
  if (ref !== undefined) return releaseToRun(ref, '--release', { modules: true });
  const release = releaseOf(kernel.version);
  if (release !== undefined) return release;
  throw new BadInput(
    `--kernel ${kernel.name}: found version ${kernel.version}, which no release stands for, expected --release`,
  );
}
