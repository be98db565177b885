import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { FORMAT_NAMES, FORMATS, type FormatName, fileName } from '../report/faces/formats.js';
import type { Trace } from '../trace/trace.js';

/** Names that differ: those of traces alike in release and invariant are numbered. */
function names(traces: readonly Trace[]): string[] {
  const used = new Map<string, number>();
  return traces.map((trace) => {
    const name = fileName(trace).replace(/[^\w.=,[\]-]/g, '_');
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return times === 1 ? name : `${name}-${times}`;
  });
}

/** Writes traces into a folder, a file for each format, and says how many; throws BadInput. */
export function writeTraces(
  folder: string,
  traces: readonly Trace[],
  formats: readonly FormatName[] = FORMAT_NAMES,
): number {
  try {
    mkdirSync(folder, { recursive: true });
    names(traces).forEach((name, i) => {
      for (const format of formats) {
        const { extension, text } = FORMATS[format];
        writeFileSync(
          join(folder, `${name}.${extension}`),
          `${text(traces[i] as Trace).trimEnd()}\n`,
        );
      }
    });
    return traces.length * formats.length;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new BadInput(`${folder}: cannot be written to (${code}), expected a folder for traces`);
  }
}
