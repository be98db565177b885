import { type Call, DONTUNMAP, FIXED, flagBits, MAYMOVE, type MremapCall } from '../model/calls.js';
import type { CallName } from '../model/release.js';
import { remembered } from '../model/remembered.js';
import { isFile, Kind, Prot, type ProtName } from '../model/vma.js';
import type { MremapBounds, ReachBounds, VmaClass } from './bounds.js';

/** Pages of a range within the window. */
function* ranges(pages: number): Generator<{ addr: number; len: number }> {
  for (let len = 1; len <= pages; len++) {
    for (let addr = 0; addr + len <= pages; addr++) yield { addr, len };
  }
}

/** Where the new address is looked at: with flags that no release accepts any one address will do. */
const usesNewAddress = (flags: number): boolean =>
  (flags & MAYMOVE) !== 0 && (flags & (FIXED | DONTUNMAP)) !== 0;

const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, i) => i);

/** Old ranges: those within the window, or also empty, odd and overlong ones. */
function sources(pages: number, bounds: MremapBounds): { addr: number; len: number }[] {
  const plain = [...ranges(pages)];
  if (bounds.odd !== true) return plain;
  const odd = upTo(pages - 1).flatMap((addr) =>
    [0, 0.5, 1.5, pages + 1].map((len) => ({ addr, len })),
  );
  return [...plain, ...odd, { addr: 0.5, len: 1 }, { addr: pages, len: 1 }];
}

const newLengths = (pages: number, bounds: MremapBounds): number[] => [
  ...upTo(pages).slice(1),
  ...(bounds.odd === true ? [0, 0.5, 1.5, pages + 1] : []),
];

function newAddresses(
  pages: number,
  flags: number,
  newLen: number,
  bounds: MremapBounds,
): number[] {
  const odd = bounds.odd === true;
  // Huge pages are asked for an aligned new address even where there is none.
  if (!usesNewAddress(flags)) return odd ? [0, 1] : [0];
  const last = bounds.destinations === 'fits' ? pages - Math.ceil(newLen) : pages - 1;
  return [...upTo(last), ...(odd ? [0.5, pages] : [])];
}

/**
 * Every mremap() call of the bounds: source within the window, new length up to the window's, each
 * destination page. Short and plain calls first.
 */
export function mremapCalls(pages: number, bounds: MremapBounds): MremapCall[] {
  const calls: MremapCall[] = [];
  for (const { addr, len: oldLen } of sources(pages, bounds)) {
    for (const newLen of newLengths(pages, bounds)) {
      if (bounds.lengths === 'equal' && newLen !== oldLen) continue;
      for (const flags of bounds.flags.map(flagBits)) {
        for (const newAddr of newAddresses(pages, flags, newLen, bounds)) {
          calls.push({ call: 'mremap', addr, oldLen, newLen, flags, newAddr });
        }
      }
    }
  }
  const size = (c: MremapCall): number => c.oldLen + c.newLen;
  const isOdd = ({ addr, oldLen, newLen, newAddr }: MremapCall): number =>
    Number(
      oldLen === 0 || newLen === 0 || [addr, oldLen, newLen, newAddr].some((n) => n % 1 !== 0),
    );
  return calls
    .map((call, rank) => ({ call, rank }))
    .sort(
      (a, b) =>
        isOdd(a.call) - isOdd(b.call) ||
        size(a.call) - size(b.call) ||
        a.call.flags - b.call.flags ||
        a.rank - b.rank,
    )
    .map(({ call }) => call);
}

/** Classes that mmap() maps alike are one. */
const distinct = (classes: readonly VmaClass[]): readonly VmaClass[] =>
  classes.filter(
    ({ kind, prot }, i) => classes.findIndex((c) => c.kind === kind && c.prot === prot) === i,
  );

/** What calls are made of. */
export type CallBounds = Pick<ReachBounds, 'pages' | 'classes' | 'mremap'> &
  Partial<Pick<ReachBounds, 'calls'>>;

function rangeCalls(bounds: CallBounds): Call[] {
  const calls: Call[] = [];
  const wants = new Set(callNames(bounds));
  const prots = Object.keys(Prot) as ProtName[];
  const mapped = distinct(bounds.classes);
  for (const range of ranges(bounds.pages)) {
    if (wants.has('mmap')) {
      for (const { kind, prot } of mapped) {
        const offset = isFile(Kind[kind]) ? range.addr : 0;
        calls.push({ call: 'mmap', ...range, kind, prot, offset });
      }
    }
    if (wants.has('munmap')) calls.push({ call: 'munmap', ...range });
    for (const call of ['touch', 'mlock', 'munlock', 'mseal', 'uffd'] as const) {
      if (wants.has(call)) calls.push({ call, ...range });
    }
    if (wants.has('mprotect')) {
      for (const prot of prots) calls.push({ call: 'mprotect', ...range, prot });
    }
  }
  return calls;
}

/** The calls that a search makes: mremap() unless others are given. */
export const callNames = ({
  calls = ['mremap'],
}: {
  readonly calls?: readonly CallName[] | undefined;
}): readonly CallName[] => calls;

const listed = new WeakMap<CallBounds, readonly Call[]>();

/** Every call of a search, or of a thread of a race, in a fixed order; listed once for the same bounds. */
export const callsOf = (bounds: CallBounds): readonly Call[] =>
  remembered(listed, bounds, () => [
    ...rangeCalls(bounds),
    ...(callNames(bounds).includes('mremap') ? mremapCalls(bounds.pages, bounds.mremap) : []),
  ]);
