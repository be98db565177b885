import { BadInput } from '../input/bad-input.js';
import { type JournalHeader, journalEntries } from './journal.js';
import { isInShard, type Shard, shardText, WHOLE } from './shards.js';

/** A journal of a part of the work, with its place. */
export interface Part {
  readonly folder: string;
  readonly file: string;
  readonly header: JournalHeader;
}

const shardOf = ({ header }: Part): Shard => header.shard ?? WHOLE;

/** Refuses parts that are not of the same work, or of another cut. */
function checkAlike(first: Part, part: Part): void {
  const differs = (what: string, field: (of: Part) => string | number): void => {
    const [found, expected] = [field(part), field(first)];
    if (found !== expected) {
      throw new BadInput(
        `${part.folder}: found ${what} ${found}, expected ${expected} as in ${first.folder}`,
      );
    }
  };
  differs('a part made by version', ({ header }) => header.program);
  differs('the work of other specs, patches or bounds,', ({ header }) => header.work);
  differs('one of this many shards:', (of) => shardOf(of)[1]);
}

/** Refuses parts that are there twice, or not at all. */
function checkEach(parts: readonly Part[]): void {
  const folders = new Map<number, string>();
  for (const part of parts) {
    const shard = shardOf(part);
    const other = folders.get(shard[0]);
    if (other !== undefined) {
      throw new BadInput(
        `${part.folder}: found shard ${shardText(shard)} again, expected it once; ${other} is the same`,
      );
    }
    folders.set(shard[0], part.folder);
  }
  const [, many] = shardOf(parts[0] as Part);
  const missing: string[] = [];
  for (let i = 1; i <= many; i++) if (!folders.has(i)) missing.push(shardText([i, many]));
  if (missing.length > 0) {
    throw new BadInput(
      `found ${folders.size} of ${many} shards, expected ${missing.join(', ')} too`,
    );
  }
}

/** Refuses a part that is not done, or that holds what is another's. */
function checkDone(part: Part): void {
  const shard = shardOf(part);
  const { units } = part.header;
  const done = new Set<number>();
  for (const [unit, result] of journalEntries(part.file, part.header)) {
    if (!isInShard(shard, unit)) {
      throw new BadInput(`${part.file}: found unit ${unit}, expected those of ${shardText(shard)}`);
    }
    if (result.kind !== 'slice') done.add(unit);
  }
  const expected = Math.floor((units - shard[0]) / shard[1]) + 1;
  if (done.size < expected) {
    throw new BadInput(
      `${part.folder}: found ${done.size} of ${expected} units done, expected all: verify --resume ${part.folder}`,
    );
  }
}

/** Throws BadInput unless these are the parts of one work, each once and finished. */
export function checkParts(parts: readonly Part[]): void {
  for (const part of parts) checkAlike(parts[0] as Part, part);
  checkEach(parts);
  for (const part of parts) checkDone(part);
}
