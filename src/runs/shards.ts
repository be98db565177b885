import * as t from 'io-ts';
import { BadInput } from '../input/bad-input.js';

/** A part of the work: the `part`-th of `parts`, counted from 1. */
export type Shard = readonly [part: number, parts: number];

export const WHOLE: Shard = [1, 1];

const isShard = (value: unknown): value is [number, number] => {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger)) return false;
  const [part, parts] = value as [number, number];
  return part >= 1 && part <= parts;
};

/** A shard as a journal has it. */
export const shardCodec = new t.Type<[number, number]>(
  'a shard such as [1,16]',
  isShard,
  (value, context) => (isShard(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

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
