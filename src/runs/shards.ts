import { BadInput } from '../input/bad-input.js';
import type { TaskResult } from '../verify/execute.js';
import type { JournalContent, JournalHeader } from './journal.js';

/** A part of the work: the `part`-th of `parts`, counted from 1. */
export type Shard = readonly [part: number, parts: number];

/** `3/16`; throws BadInput. */
export function parseShard(text: string): Shard {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard: Shard = [Number(part), Number(parts)];
  if (part === undefined || shard[0] < 1 || shard[0] > shard[1]) {
    throw new BadInput(`--shard: found "${text}", expected a part of the work such as 3/16`);
  }
  return shard;
}

/** Every so many-th unit: neighbours take equally long, so that the parts do. */
export const isInShard = ([part, parts]: Shard, unit: number): boolean => unit % parts === part - 1;

/** A journal with its place. */
export interface Part {
  readonly name: string;
  readonly content: JournalContent;
}

const shardOf = ({ shard = [1, 1] }: JournalHeader): Shard => shard;

/** Refuses parts that are not of the same work, or of another cut. */
function checkAlike(parts: readonly Part[]): void {
  const [first] = parts as [Part];
  for (const { name, content } of parts) {
    const [a, b] = [first.content.header, content.header];
    const differs = (what: string, found: string, expected: string): BadInput =>
      new BadInput(`${name}: found ${what} ${found}, expected ${expected}, as in ${first.name}`);
    if (a.program !== b.program) throw differs('results of another version,', b.program, a.program);
    if (a.work !== b.work) throw differs('the work of other specs,', b.work, a.work);
    const [cut, other] = [shardOf(a)[1], shardOf(b)[1]];
    if (cut !== other) throw differs('a part of', String(other), String(cut));
  }
}

/** Refuses parts that are there twice or not at all. */
function checkComplete(parts: readonly Part[]): void {
  const [, many] = shardOf((parts[0] as Part).content.header);
  const names = new Map<number, string>();
  for (const { name, content } of parts) {
    const [part] = shardOf(content.header);
    const other = names.get(part);
    if (other !== undefined) {
      throw new BadInput(`${name}: found shard ${part}/${many}, expected it once; it is ${other} too`);
    }
    names.set(part, name);
  }
  const missing = Array.from({ length: many }, (_, i) => i + 1).filter((part) => !names.has(part));
  if (missing.length > 0) {
    const list = missing.map((part) => `${part}/${many}`).join(', ');
    throw new BadInput(`found ${names.size} of ${many} shards, expected ${list} too`);
  }
  for (const { name, content } of parts) {
    const { header, results } = content;
    const expected = Array.from({ length: header.units }, (_, unit) => unit).filter((unit) =>
      isInShard(shardOf(header), unit),
    );
    const left = expected.filter((unit) => !results.has(unit)).length;
    if (left > 0) {
      throw new BadInput(
        `${name}: found ${expected.length - left} of ${expected.length} units done, expected all; verify --resume ${name} goes on`,
      );
    }
  }
}

/** What all parts of some work found; throws BadInput where they are not its parts, each once and finished. */
export function mergedResults(parts: readonly Part[]): ReadonlyMap<number, TaskResult> {
  checkAlike(parts);
  checkComplete(parts);
  return new Map(parts.flatMap(({ content }) => [...content.results]));
}
