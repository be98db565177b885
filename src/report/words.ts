import { type Call, flagNames } from '../model/calls.js';
import { errnoName } from '../model/errno.js';
import type { ResourceLimits } from '../model/state.js';
import { isFile, Kind } from '../model/vma.js';

/** A call as one would write it down; addresses and lengths in pages. */
export function callText(call: Call): string {
  if (call.call === 'mremap') {
    const flags = flagNames(call.flags).join('|') || '0';
    return `mremap(${call.addr}, ${call.oldLen}, ${call.newLen}, ${flags}, ${call.newAddr})`;
  }
  if (call.call === 'mmap') {
    const offset = isFile(Kind[call.kind]) ? `, offset ${call.offset}` : '';
    return `mmap(${call.addr}, ${call.len}, ${call.kind} ${call.prot}${offset})`;
  }
  if (call.call === 'mprotect') return `mprotect(${call.addr}, ${call.len}, ${call.prot})`;
  return `${call.call}(${call.addr}, ${call.len})`;
}

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
