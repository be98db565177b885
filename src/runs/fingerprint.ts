import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patchTexts } from '../patches/reference.js';
import type { Spec } from '../specs/spec.js';
import { machineFor } from '../verify/execute.js';
import { releasesOf } from '../verify/jobs.js';
import type { Unit } from '../verify/units.js';

function hashOf(texts: Iterable<string | Buffer>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** The code of this program, source or built, by name. */
function* codeFiles(folder: string): Generator<string | Buffer> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files.filter((name) => /\.[jt]s$/.test(name))) {
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

/** Each search once, with the number of its pieces. */
function* searchesOf(units: readonly Unit[]): Generator<string> {
  for (const { task } of units) if (task.part === 0) yield JSON.stringify(task);
}

/** What tells some work from any other: the specs and the patches word by word, and how the searches are cut. */
export function workFingerprint(specs: readonly Spec[], units: readonly Unit[]): string {
  const releases = new Set(units.flatMap(({ task }) => releasesOf(task.job)));
  return hashOf([
    ...specs.flatMap(({ file, text }) => [file, text]),
    ...searchesOf(units),
    ...[...releases].flatMap((release) => patchTexts(machineFor(release).release)),
  ]);
}
