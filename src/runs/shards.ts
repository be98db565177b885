import { BadInput } from '../input/bad-input.js';

/** A part of the work: the `part`-th of `parts`, counted from 1. */
export type Shard = readonly [part: number, parts: number];

export const WHOLE: Shard = [1, 1];

export const shardText = ([part, parts]: Shard): string => `${part}/${parts}`;

/** `3/16`; throws BadInput. */
export function parseShard(text: string): Shard {
  const [, part, parts] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard: Shard = [Number(part), Number(parts)];
  if (part === undefined || shard[0] < 1 || shard[0] > shard[1]) {
    throw new BadInput(
      `--shard: found "${text}", expected a part and how many there are, such as 1/16, the part from 1 to that`,
    );
  }
  return shard;
}

/** Every so many-th unit: neighbours take equally long, so that the parts do. */
export const isInShard = ([part, parts]: Shard, unit: number): boolean => unit % parts === part - 1;
