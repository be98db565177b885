import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KernelFailed } from '../conformance/failed.js';
import { cacheFolder } from './cache.js';

const SOURCES = fileURLToPath(new URL('../../probe/', import.meta.url));
const FLAGS = [
  '-static',
  '-nostdlib',
  '-ffreestanding',
  // These two are on by default in some distributions, and need a C library to start with.
  '-fno-stack-protector',
  '-fno-pie',
  '-no-pie',
  // A loop that fills memory must not become a call of memset(), which is nowhere.
  '-fno-tree-loop-distribute-patterns',
  // Some compilers take AVX for granted, whose registers do not outlast a fault in user-mode Linux.
  '-march=x86-64',
  '-O2',
  '-Wall',
  '-Wextra',
] as const;

function compile(source: string, into: string): void {
  const { error, status, stderr } = spawnSync('cc', [...FLAGS, '-o', into, source], {
    encoding: 'utf8',
  });
  if (error !== undefined) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KernelFailed(
      code === 'ENOENT'
        ? 'found no C compiler (cc), expected one to build the probe with: install the package gcc'
        : `cc cannot be run (${code}), expected a C compiler: install the package gcc`,
    );
  }
  if (status !== 0) {
    throw new KernelFailed(
      `cc cannot build ${source}, expected a C compiler for x86-64 Linux; it says:\n${stderr.trimEnd()}`,
    );
  }
}

/** Makes a file of the cache that is there whole or not at all. */
function makeOnce(file: string, make: (into: string) => void): void {
  if (existsSync(file)) return;
  let folder: string | undefined;
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    folder = mkdtempSync(join(cacheFolder(), 'new-'));
    const made = join(folder, 'made');
    make(made);
    renameSync(made, file);
  } catch (error) {
    if (error instanceof KernelFailed) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new KernelFailed(
      `${cacheFolder()}: cannot be written to (${code}), expected a folder for what is built; XDG_CACHE_HOME names another`,
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Another for any other text of the file, of a header, or of the flags. */
function keyOf(source: string): string {
  const headers = readdirSync(SOURCES).filter((name) => name.endsWith('.h'));
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const file of [source, ...headers.sort().map((name) => join(SOURCES, name))]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The program that a C file of `probe` builds to; built at its first use, then taken from the cache. Throws KernelFailed. */
export function built(name: 'probe' | 'guard'): string {
  const source = join(SOURCES, `${name}.c`);
  const file = join(cacheFolder(), `${name}-${keyOf(source)}`);
  makeOnce(file, (into) => compile(source, into));
  return file;
}
