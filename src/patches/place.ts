import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, whose patches can be named from anywhere: `patches/....json`. */
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

/** A file that a reference names. */
export interface PatchFile {
  /** Absolute. */
  readonly path: string;
  /** As short as can be, and the same file when it is read as a reference. */
  readonly name: string;
}

/** The path as seen from a folder; undefined for what is not in it. */
function inside(folder: string, path: string): string | undefined {
  const there = relative(folder, path);
  return there === '' || there.startsWith('..') || isAbsolute(there) ? undefined : there;
}

/** In the package, where nothing of that name is in the current folder. */
function inPackage(path: string): string | undefined {
  const there = inside(PACKAGE, path);
  return there === undefined || existsSync(resolve(there)) ? undefined : there;
}

/**
 * Finds the file of a reference.
 *
 * @param folder that of the file in which the reference stands; none for the command line, where the
 * current folder counts, and then the package
 */
export function patchFile(reference: string, folder?: string): PatchFile {
  const here = resolve(folder ?? '.', reference);
  const own = join(PACKAGE, reference);
  const isOwn = folder === undefined && !existsSync(here) && existsSync(own);
  const path = isOwn ? own : here;
  return { path, name: inside(resolve(), path) ?? inPackage(path) ?? path };
}
