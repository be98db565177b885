import * as t from 'io-ts';
import { type Call, FLAG_NAMES, flagBits } from '../model/calls.js';
import { type KindName, MAX_PAGES, Prot, type ProtName } from '../model/vma.js';
import { BadInput } from './bad-input.js';
import { exactly, oneOf, wholeNumber } from './codecs.js';

const page = wholeNumber(0, MAX_PAGES - 1, 'a page');
const length = wholeNumber(0, MAX_PAGES, 'a length in pages');
const positive = wholeNumber(1, MAX_PAGES, 'a length in pages');
const prot = oneOf(Object.keys(Prot) as ProtName[], 'a protection');
/** Kinds that a process without privileges can map, on a machine without huge pages. */
const KINDS = ['anon', 'fpriv', 'fshared', 'shm', 'ramfs'] as const satisfies readonly KindName[];
const kind = oneOf(KINDS, 'a kind');
const FLAGS = FLAG_NAMES.filter((name) => name !== 'UNKNOWN');

const range = { addr: page, len: positive };
const CALLS = {
  mmap: exactly({ call: t.literal('mmap'), ...range, kind, prot, offset: page }, 'mmap'),
  touch: exactly({ call: t.literal('touch'), ...range }, 'touch'),
  munmap: exactly({ call: t.literal('munmap'), ...range }, 'munmap'),
  mprotect: exactly({ call: t.literal('mprotect'), ...range, prot }, 'mprotect'),
  mlock: exactly({ call: t.literal('mlock'), ...range }, 'mlock'),
  munlock: exactly({ call: t.literal('munlock'), ...range }, 'munlock'),
  mseal: exactly({ call: t.literal('mseal'), ...range }, 'mseal'),
  mremap: exactly(
    {
      call: t.literal('mremap'),
      addr: page,
      oldLen: length,
      newLen: length,
      flags: t.array(oneOf(FLAGS, 'a flag')),
      newAddr: page,
    },
    'mremap',
  ),
};
type CallWord = keyof typeof CALLS;
/** A call as files write it: flags by their names. */
export type WrittenCall = t.TypeOf<(typeof CALLS)[CallWord]>;

/** Decoded by its `call` word, so that a fault is reported in the call that was meant. */
export const writtenCall = new t.Type<WrittenCall>(
  'a call',
  (value): value is WrittenCall => Object.values(CALLS).some((codec) => codec.is(value)),
  (value, context) => {
    const word = (value as { call?: unknown } | null)?.call;
    const known = typeof word === 'string' && Object.hasOwn(CALLS, word);
    const codec = known ? CALLS[word as CallWord] : undefined;
    if (codec === undefined) {
      return t.failure(value, context, `a call, one of ${Object.keys(CALLS).join(', ')}`);
    }
    return codec.validate(value, context);
  },
  t.identity,
);

/** The last page at which the call looks for something; sources and destinations of mremap() may end beyond it. */
export function lastPageOf(call: Call | WrittenCall): number {
  if (call.call === 'mremap') return Math.max(call.addr, call.newAddr);
  return call.addr + call.len - 1;
}

/** What of a call that is not in a window of so many pages is outside, as it is written. */
function outsideOf(call: WrittenCall, pages: number): string {
  if (call.call !== 'mremap') {
    return `addr ${call.addr} and len ${call.len}, up to page ${lastPageOf(call)}`;
  }
  return call.addr >= pages ? `addr ${call.addr}` : `newAddr ${call.newAddr}`;
}

/** Throws BadInput for a call that is not in a window of so many pages. */
export function checkInWindow(call: WrittenCall, pages: number, where: string): void {
  if (lastPageOf(call) < pages) return;
  throw new BadInput(
    `${where}: found ${outsideOf(call, pages)}, expected pages of the window, 0 to ${pages - 1}`,
  );
}

/** The call as the model knows it. */
export const modelCall = (call: WrittenCall): Call =>
  call.call === 'mremap' ? { ...call, flags: flagBits(call.flags) } : call;
