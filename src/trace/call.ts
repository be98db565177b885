import * as t from 'io-ts';
import { oneOf, wholeNumber } from '../input/codecs.js';
import { type Call, FLAG_NAMES, flagBits, flagNames } from '../model/calls.js';
import { Kind, type KindName, MAX_PAGES, Prot, type ProtName } from '../model/vma.js';

/** Beyond the task size too: calls that reach there are tried. */
const FARTHEST = 2 * MAX_PAGES;
const page = wholeNumber(0, FARTHEST, 'a page');
const length = wholeNumber(0, FARTHEST, 'a length in pages');

/** A half stands for a value that is no multiple of the page size. */
const isInHalves = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value * 2) && value >= 0 && value <= FARTHEST;
const inHalves = new t.Type<number>(
  `a number of pages or half pages from 0 to ${FARTHEST}`,
  isInHalves,
  (value, context) => (isInHalves(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

const range = { addr: page, len: length };
const prot = oneOf(Object.keys(Prot) as ProtName[], 'a protection');
const kind = oneOf(Object.keys(Kind) as KindName[], 'a kind');

const ranged = <W extends string>(call: W) => t.type({ call: t.literal(call), ...range });

/** A call of a trace, flags by their names: as scenarios write it, with what no scenario can say besides. */
export const tracedCall = t.union(
  [
    t.type({
      call: t.literal('mremap'),
      addr: inHalves,
      oldLen: inHalves,
      newLen: inHalves,
      flags: t.array(oneOf(FLAG_NAMES, 'a flag')),
      newAddr: inHalves,
    }),
    t.type({ call: t.literal('mmap'), ...range, kind, prot, offset: page }),
    t.type({ call: t.literal('mprotect'), ...range, prot }),
    ranged('munmap'),
    ranged('touch'),
    ranged('mlock'),
    ranged('munlock'),
    ranged('mseal'),
    ranged('uffd'),
  ],
  'a call',
);
export type TracedCall = t.TypeOf<typeof tracedCall>;

export const traced = (call: Call): TracedCall =>
  call.call === 'mremap' ? { ...call, flags: flagNames(call.flags) } : call;

/** The call as the model knows it. */
export const callOf = (call: TracedCall): Call =>
  call.call === 'mremap' ? { ...call, flags: flagBits(call.flags) } : call;
