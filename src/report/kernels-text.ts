import type { FoundKernel } from '../conformance/found-kernel.js';
import type { Style } from './style.js';

function versionText({ version, release }: FoundKernel): string {
  if (version === undefined) return 'version unknown';
  return `${version}, ${release === undefined ? 'as no release' : `as ${release}`}`;
}

/**
 * What `--kernel` takes, in a line of its own since paths are long and copied; below it the version, the
 * release that the kernel is expected to behave as, and what is missing to run it.
 */
export const kernelsText = (kernels: readonly FoundKernel[], { bold, dim }: Style): string =>
  kernels
    .flatMap((kernel) => [
      bold(kernel.name),
      `  ${versionText(kernel)}`,
      ...(kernel.missing === undefined ? [] : [dim(`  ${kernel.missing}`)]),
    ])
    .join('\n');
