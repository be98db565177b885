import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { foundAt } from '../input/found-at.js';
import { makeFolder } from '../input/make-folder.js';
import { uniqueNames } from '../input/unique-names.js';
import { FORMAT_NAMES, FORMATS, type FormatName, fileName } from '../report/faces/formats.js';
import type { ReleaseOf } from '../report/faces/real-calls.js';
import type { Trace } from '../trace/trace.js';

/** Those of traces alike in release and invariant are numbered. */
const names = (traces: readonly Trace[]): string[] =>
  uniqueNames(
    traces.map((trace) => fileName(trace).replace(/[^\w.=,[\]-]/g, '_')),
    (name, n) => `${name}-${n}`,
  );

/** What a folder is for; throws BadInput where it cannot be written to. */
function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = `${folder}: cannot be written to (${code}), expected a folder for traces`;
    throw new BadInput(message, { cause: error });
  }
}

/** Makes a folder for traces, also to know before a long search that it can be made; throws BadInput. */
export function traceFolder(folder: string): void {
  if (folder === '') throw new BadInput('"": found an empty name, expected a folder for traces');
  writing(folder, () => {
    if (foundAt(folder)?.isFile() === true) {
      throw new BadInput(`${folder}: found a file, expected a folder for traces`);
    }
    makeFolder(folder);
  });
}

/** Writes traces into a folder, a file for each format, and says how many; throws BadInput. */
export function writeTraces(
  folder: string,
  traces: readonly Trace[],
  releaseOf: ReleaseOf,
  formats: readonly FormatName[] = FORMAT_NAMES,
): number {
  traceFolder(folder);
  const named = names(traces);
  traces.forEach((trace, i) => {
    for (const format of formats) {
      const { extension, text } = FORMATS[format];
      const file = join(folder, `${named[i]}.${extension}`);
      writing(folder, () => writeFileSync(file, `${text(trace, releaseOf).trimEnd()}\n`));
    }
  });
  return traces.length * formats.length;
}
