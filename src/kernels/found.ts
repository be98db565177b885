import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import { join } from 'node:path';
import type { FoundKernel } from '../conformance/found-kernel.js';
import { releaseOf } from '../conformance/release-of.js';
import { BadInput } from '../input/bad-input.js';
import { kernelsFolder } from './cache.js';
import { imageVersion } from './image.js';
import { programFile } from './programs.js';
import { QEMU, QEMU_PACKAGE } from './qemu.js';
import { UML, UML_PACKAGE } from './uml.js';
import { fullVersion } from './version.js';

const described = (
  name: string,
  version: string | undefined,
  missing: string | undefined,
): FoundKernel => ({
  name,
  version,
  release: version === undefined ? undefined : releaseOf(version)?.id,
  missing,
});

const compilerMissing = (): string | undefined =>
  programFile('cc') === undefined ? 'there is no C compiler: install the package gcc' : undefined;

function uml(): FoundKernel {
  const program = programFile(UML);
  if (program === undefined) {
    return described('uml', undefined, `there is no ${UML}: install the package ${UML_PACKAGE}`);
  }
  const said = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 5000 });
  const version = said.stdout?.trim();
  return described('uml', version === '' ? undefined : version, compilerMissing());
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function image(file: string): FoundKernel[] {
  const qemu =
    programFile(QEMU) === undefined
      ? `there is no ${QEMU}: install the package ${QEMU_PACKAGE}`
      : undefined;
  try {
    accessSync(file, constants.R_OK);
    return [described(file, imageVersion(file), qemu ?? compilerMissing())];
  } catch (error) {
    // Some distributions let nobody but root read these.
    if (!(error instanceof BadInput)) return [described(file, undefined, 'it may not be read')];
    return [];
  }
}

/** Folders with images called vmlinuz-VERSION: that of the machine, and that of scripts/fetch-kernels. */
const imageFolders = (): readonly string[] => ['/boot', kernelsFolder()];

/** What the running kernel says of its build; on Ubuntu this has the patch level, which its version has not. */
function liveBuild(): string {
  try {
    return `${version()} ${readFileSync('/proc/version_signature', 'utf8')}`;
  } catch {
    return version();
  }
}

/** The kernels that are on this machine: the running one, user-mode Linux, and images in the usual places. */
export function foundKernels(): FoundKernel[] {
  const images = imageFolders().flatMap((folder) =>
    filesOf(folder)
      .filter((name) => name.startsWith('vmlinuz-'))
      .flatMap((name) => image(join(folder, name))),
  );
  const running = fullVersion(release(), liveBuild());
  return [described('live', running, compilerMissing()), uml(), ...images];
}
