import { existsSync } from 'node:fs';
import type { Kernel } from '../conformance/kernel.js';
import { releaseKernel } from '../conformance/model-kernel.js';
import { BadInput } from '../input/bad-input.js';
import { foundAt } from '../input/found-at.js';
import { UnknownRelease } from '../model/releases/variant.js';
import { namingFaults } from '../patches/breakdown.js';
import { releaseOfReference } from '../patches/reference.js';
import { openLive } from './live.js';
import { programFile } from './programs.js';
import { openImage } from './qemu.js';
import { restartable } from './restartable.js';
import { openUml } from './uml.js';

const UML = 'uml:';
const MODEL = 'model:';

function openModel(ref: string, flag: string): Kernel {
  try {
    return releaseKernel(
      `${MODEL}${ref}`,
      namingFaults(releaseOfReference(ref, { modules: true })),
    );
  } catch (error) {
    if (error instanceof UnknownRelease) throw new BadInput(`${flag}: ${error.message}`);
    throw error;
  }
}

/** What is found in place of a program; undefined if it can be run, or is a word, which is left to PATH. */
function foundInstead(program: string): string | undefined {
  if (program === '') return 'no program';
  if (!program.includes('/') || programFile(program) !== undefined) return undefined;
  return foundAt(program) === undefined ? 'nothing there' : 'no program that may be run';
}

function umlProgram(program: string, flag: string): string {
  const found = foundInstead(program);
  if (found === undefined) return program;
  throw new BadInput(
    `${flag}: ${UML}${program}: found ${found}, expected a kernel built for ARCH=um`,
  );
}

/**
 * The kernel that a user names: `live`, `uml`, `uml:PROGRAM`, `model:RELEASE`, or the path of an image.
 * Throws BadInput for what is no kernel, KernelFailed where it cannot be run.
 *
 * @param flag by which the user names it
 * @param signal ends a boot, as KernelFailed
 */
export async function openKernel(
  name: string,
  flag = '--kernel',
  signal?: AbortSignal,
): Promise<Kernel> {
  if (name === 'live') return openLive();
  const uml = (program?: string): Promise<Kernel> =>
    restartable((ends) => openUml(program, undefined, ends), signal);
  if (name === 'uml') return uml();
  if (name.startsWith(UML)) return uml(umlProgram(name.slice(UML.length), flag));
  if (name.startsWith(MODEL)) return openModel(name.slice(MODEL.length), flag);
  if (!name.includes('/') && !existsSync(name)) {
    throw new BadInput(
      `${flag}: found "${name}", expected live, uml, uml:PROGRAM, model:RELEASE, or the path of an image`,
    );
  }
  return restartable((ends) => openImage(name, ends), signal);
}
