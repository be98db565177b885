import { appendFileSync, closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { BadInput } from '../input/bad-input.js';
import type { TaskResult } from '../verify/execute.js';

/** What a journal is of. */
export interface JournalHeader {
  readonly journal: 1;
  /** Fingerprints of the program and of the work. */
  readonly program: string;
  readonly work: string;
  /** Units of work, those of other shards included. */
  readonly units: number;
  /** This part of so many. */
  readonly shard?: readonly [number, number];
}

/** A unit that is done. */
interface Entry {
  readonly unit: number;
  readonly result: TaskResult;
}

/** What is in a journal. */
export interface JournalContent {
  readonly header: JournalHeader;
  readonly results: ReadonlyMap<number, TaskResult>;
}

const lineOf = (value: JournalHeader | Entry): string => `${JSON.stringify(value)}\n`;

/** Begins a journal; a line a unit is added as it is done, so that a crash loses what is under way alone. */
export const beginJournal = (file: string, header: JournalHeader): void =>
  appendFileSync(file, lineOf(header), { flag: 'wx' });

/** Adds units to a journal. */
export class JournalWriter {
  private readonly descriptor: number;

  constructor(file: string) {
    this.descriptor = openSync(file, 'a');
  }

  /** A result, in one write. */
  add(unit: number, result: TaskResult): void {
    writeSync(this.descriptor, lineOf({ unit, result }));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function isHeader(value: unknown): value is JournalHeader {
  const header = value as Partial<JournalHeader> | null;
  return (
    header?.journal === 1 &&
    typeof header.program === 'string' &&
    typeof header.work === 'string' &&
    Number.isInteger(header.units)
  );
}

function isEntry(value: unknown, units: number): value is Entry {
  const { unit, result } = (value ?? {}) as Partial<Entry>;
  return (
    Number.isInteger(unit) &&
    (unit as number) >= 0 &&
    (unit as number) < units &&
    typeof result === 'object' &&
    result !== null
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Reads a journal. A last line that was cut off when the program was killed is taken away from the file;
 * anything else that is no journal is BadInput.
 */
export function readJournal(file: string): JournalContent {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const [first = '', ...lines] = whole.split('\n').slice(0, -1);
  const header = parsed(first);
  if (!isHeader(header)) {
    throw new BadInput(`${file}:1: found no header of a journal, expected one of mremap-check`);
  }
  const results = new Map<number, TaskResult>();
  lines.forEach((line, i) => {
    const entry = parsed(line);
    if (!isEntry(entry, header.units)) {
      throw new BadInput(
        `${file}:${i + 2}: found no unit of the work, expected {"unit": 0 to ${header.units - 1}, "result": ...}`,
      );
    }
    // Done twice is done alike.
    results.set(entry.unit, entry.result);
  });
  return { header, results };
}
