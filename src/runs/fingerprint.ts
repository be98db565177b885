import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Task } from '../verify/jobs.js';

const hashOf = (texts: Iterable<string | Buffer>): string => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
};

/** The code of this program, source or built, in an order of its own. */
function* codeFiles(folder: string): Generator<string | Buffer> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files.filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))) {
    yield file;
    yield readFileSync(join(folder, file));
  }
}

let program: string | undefined;

/** What tells this program from any other version: results of two are not put together. */
export function programFingerprint(): string {
  program ??= hashOf(codeFiles(fileURLToPath(new URL('../', import.meta.url))));
  return program;
}

/** What tells the units of work of some specs from all others. */
export const workFingerprint = (units: readonly Task[]): string =>
  hashOf(units.map((unit) => JSON.stringify(unit)));
