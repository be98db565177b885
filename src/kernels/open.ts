import type { Kernel } from '../conformance/kernel.js';
import { modelKernel } from '../conformance/model-kernel.js';
import { BadInput } from '../input/bad-input.js';
import { UnknownRelease } from '../model/releases/variant.js';

const MODEL = 'model:';

/** The kernel of this name, ready to run scenarios; throws BadInput where there is none. */
export async function openKernel(name: string): Promise<Kernel> {
  if (!name.startsWith(MODEL)) {
    throw new BadInput(`--kernel: found "${name}", expected model:RELEASE`);
  }
  try {
    return modelKernel(name.slice(MODEL.length));
  } catch (error) {
    if (error instanceof UnknownRelease) throw new BadInput(`--kernel: ${error.message}`);
    throw error;
  }
}
