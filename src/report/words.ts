import { errnoName } from '../model/errno.js';
import type { ResourceLimits } from '../model/state.js';

/** What a call returned: a page, or an errno with its sign. */
export const resultText = (result: number): string =>
  result < 0 ? `-${errnoName(-result)}` : `${result}`;

/** A whole number with its thousands apart. Intl, which could do it, takes 12 ms to start. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 VMA`, `2 VMAs`. */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;

/** `0 to 8`, or the number if there is only one. */
export const rangeText = ([least, greatest]: readonly [number, number]): string =>
  least === greatest ? `${least}` : `${least} to ${greatest}`;

/** The limits of a process by the names that users know. */
export const RESOURCE_NAMES: Record<keyof ResourceLimits, string> = {
  rlimitAs: 'RLIMIT_AS',
  rlimitMemlock: 'RLIMIT_MEMLOCK',
  commitLimit: 'commit limit',
};
