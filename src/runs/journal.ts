import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import * as t from 'io-ts';
import { BadInput } from '../input/bad-input.js';
import { exactlyWith, wholeNumber } from '../input/codecs.js';
import { decode } from '../input/decode.js';
import type { TaskResult } from '../verify/execute.js';
import { linesOf } from './lines.js';
import { type Shard, shardCodec } from './shards.js';

/** What a journal is of. */
export interface JournalHeader {
  readonly journal: 1;
  /** Fingerprints of the program and of the work. */
  readonly program: string;
  readonly work: string;
  /** Units of work, those of other shards included. */
  readonly units: number;
  /** All of the work unless given. */
  readonly shard?: Shard;
  /** Megabytes that a search may take, where that was said. */
  readonly memory?: number;
}

/** A unit that is done. */
type Entry = readonly [unit: number, result: TaskResult];

/** Tells a line that somebody has changed, or a disk has: verdicts rest on nothing else. */
const sumOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

/** An entry with the checksum of what stands before it. */
function entryLine(...entry: Entry): string {
  const text = JSON.stringify(entry).slice(0, -1);
  return `${text},"${sumOf(text)}"]\n`;
}

/** The line that a journal begins with; a line a unit follows as it is done. */
export const headerLine = (header: JournalHeader): string => `${JSON.stringify(header)}\n`;

/** Milliseconds between two times that what is written is pressed onto the disk. */
const SYNC = 1000;

/** Adds units to a journal: a process that is killed loses those under way alone, a machine a second more. */
export class JournalWriter {
  private readonly descriptor: number;
  private synced = performance.now();

  constructor(file: string) {
    this.descriptor = openSync(file, 'a+');
    const { size } = fstatSync(this.descriptor);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(this.descriptor, last, 0, 1, size - 1);
    // A line that was cut off stays one line, and is known by that it cannot be read.
    if (last.toString() !== '\n') writeSync(this.descriptor, '\n');
  }

  /** A result, in one write. */
  add(unit: number, result: TaskResult): void {
    const line = Buffer.from(entryLine(unit, result));
    for (let at = 0; at < line.length; ) at += writeSync(this.descriptor, line, at);
    if (performance.now() - this.synced < SYNC) return;
    fdatasyncSync(this.descriptor);
    this.synced = performance.now();
  }

  close(): void {
    fdatasyncSync(this.descriptor);
    closeSync(this.descriptor);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a count');

const header = exactlyWith(
  { journal: t.literal(1), program: t.string, work: t.string, units: count },
  { shard: shardCodec, memory: wholeNumber(1, Number.MAX_SAFE_INTEGER, 'megabytes') },
  'what a journal is of',
);

function isEntry(value: unknown, units: number): value is readonly [...Entry, sum: string] {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [unit, result, sum] = value as unknown[];
  return (
    Number.isInteger(unit) &&
    (unit as number) >= 0 &&
    (unit as number) < units &&
    typeof result === 'object' &&
    result !== null &&
    typeof sum === 'string'
  );
}

/** What a journal is of; throws BadInput. */
export function journalHeader(file: string): JournalHeader {
  for (const line of linesOf(file)) {
    const found = parsed(line) as Partial<JournalHeader> | null | undefined;
    if (found?.journal === undefined) break;
    const { shard, memory, ...others } = decode(header, found, `${file}:1`);
    return {
      ...others,
      ...(shard === undefined ? {} : { shard }),
      ...(memory === undefined ? {} : { memory }),
    };
  }
  throw new BadInput(
    `${file}:1: found no journal of a run, expected one as verify --run begins it`,
  );
}

/**
 * What is done, in the order in which it was. A line that was cut off when the program was killed is left
 * out, its unit is done again; anything else that is no unit is BadInput.
 */
export function* journalEntries(file: string, { units }: JournalHeader): Generator<Entry> {
  let number = 0;
  for (const line of linesOf(file)) {
    if (number++ === 0) continue;
    const entry = parsed(line);
    if (entry === undefined) continue;
    if (!isEntry(entry, units)) {
      throw new BadInput(
        `${file}:${number}: found no unit of the work, expected [0 to ${units - 1}, result, checksum]`,
      );
    }
    const [unit, result, sum] = entry;
    if (sumOf(line.slice(0, line.lastIndexOf(',"'))) !== sum) {
      throw new BadInput(
        `${file}:${number}: found a line that does not have the checksum ${sum}, expected it as verify wrote it`,
      );
    }
    yield [unit, result];
  }
}
