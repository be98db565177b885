import { type Call, DONTUNMAP, FIXED, flagBits, MAYMOVE, type MremapCall } from '../model/calls.js';
import { Kind, Prot, type ProtName } from '../model/vma.js';
import type { MremapBounds, ReachBounds } from './bounds.js';

/** Pages of a range within the window. */
function* ranges(pages: number): Generator<{ addr: number; len: number }> {
  for (let len = 1; len <= pages; len++) {
    for (let addr = 0; addr + len <= pages; addr++) yield { addr, len };
  }
}

/** Where the new address is looked at: with flags that no release accepts any one address will do. */
const usesNewAddress = (flags: number): boolean =>
  (flags & MAYMOVE) !== 0 && (flags & (FIXED | DONTUNMAP)) !== 0;

/**
 * Every mremap() call of the bounds: source within the window, new length up to the window's, each
 * destination page. Short and plain calls first.
 */
export function mremapCalls(pages: number, bounds: MremapBounds): MremapCall[] {
  const calls: MremapCall[] = [];
  for (const { addr, len: oldLen } of ranges(pages)) {
    for (let newLen = 1; newLen <= pages; newLen++) {
      if (bounds.lengths === 'equal' && newLen !== oldLen) continue;
      for (const flags of bounds.flags.map(flagBits)) {
        const last = !usesNewAddress(flags)
          ? 0
          : bounds.destinations === 'fits'
            ? pages - newLen
            : pages - 1;
        for (let newAddr = 0; newAddr <= last; newAddr++) {
          calls.push({ call: 'mremap', addr, oldLen, newLen, flags, newAddr });
        }
      }
    }
  }
  const size = (c: MremapCall): number => c.oldLen + c.newLen;
  return calls
    .map((call, rank) => ({ call, rank }))
    .sort((a, b) => size(a.call) - size(b.call) || a.call.flags - b.call.flags || a.rank - b.rank)
    .map(({ call }) => call);
}

/** What calls are made of. */
type CallBounds = Pick<ReachBounds, 'pages' | 'classes' | 'calls' | 'mremap'>;

function rangeCalls(bounds: CallBounds): Call[] {
  const calls: Call[] = [];
  const wants = new Set(bounds.calls);
  const prots = Object.keys(Prot) as ProtName[];
  for (const range of ranges(bounds.pages)) {
    if (wants.has('mmap')) {
      for (const { kind, prot } of bounds.classes) {
        const offset = Kind[kind] === Kind.anon || Kind[kind] === Kind.shm ? 0 : range.addr;
        calls.push({ call: 'mmap', ...range, kind, prot, offset });
      }
    }
    if (wants.has('munmap')) calls.push({ call: 'munmap', ...range });
    for (const call of ['touch', 'mlock', 'munlock', 'mseal'] as const) {
      if (wants.has(call)) calls.push({ call, ...range });
    }
    if (wants.has('mprotect')) {
      for (const prot of prots) calls.push({ call: 'mprotect', ...range, prot });
    }
  }
  return calls;
}

/** Every call of a reach search, or of a thread of a race, in a fixed order. */
export const reachCalls = (bounds: CallBounds): Call[] => [
  ...rangeCalls(bounds),
  ...(bounds.calls.includes('mremap') ? mremapCalls(bounds.pages, bounds.mremap) : []),
];
