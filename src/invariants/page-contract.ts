import {
  type Call,
  DONTUNMAP,
  FIXED,
  MAYMOVE,
  type MmapCall,
  type MremapCall,
} from '../model/calls.js';
import type { KindName, ProtName } from '../model/vma.js';

/**
 * What user space can tell of a mapped page, wherever it is mapped. It cannot tell where VMAs begin and
 * end, nor VM_ACCOUNT, anon_vmas, or the vm_pgoff of private anonymous memory.
 */
export interface Page {
  readonly kind: KindName;
  readonly prot: ProtName;
  /** Which object of shared anonymous memory; 0 for every other kind: there is one file of a kind. */
  readonly object: number;
  /** Page of the file or object, 0 for private anonymous memory. */
  readonly offset: number;
  /** Token of the frame, 0 for none of those named when the call began: zeroes, or as the file has it. */
  readonly frame: number;
  readonly locked: boolean;
  readonly sealed: boolean;
  /** Whether mlock() does anything to it. */
  readonly lockable: boolean;
  /** Lengths of a call that remaps it are rounded up to huge pages. */
  readonly hugePages: boolean;
}

/** One entry a page of the address space, undefined where nothing is mapped. */
export type PageMap = readonly (Page | undefined)[];

/** The map after a call, or why there can be none: a call that succeeds so breaks its promise. */
export type Promised = PageMap | string;

/** What all pages of a kind have in common. */
type KindTraits = Pick<Page, 'lockable' | 'hugePages'>;
const PLAIN: KindTraits = { lockable: true, hugePages: false };
const TRAITS: Readonly<Record<KindName, KindTraits>> = {
  anon: PLAIN,
  fpriv: PLAIN,
  fshared: PLAIN,
  shm: PLAIN,
  ramfs: PLAIN,
  special: { lockable: false, hugePages: false },
  hugetlb: { lockable: false, hugePages: true },
};
export const traitsOf = (kind: KindName): KindTraits => TRAITS[kind];

/** Model pages in a huge page. */
const HUGE_PAGE = 2;

/** The same memory: kind, protection, and the page of the file or object behind it. */
export const mapsTheSame = (a: Page | undefined, b: Page | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.kind === b.kind &&
    a.prot === b.prot &&
    a.object === b.object &&
    a.offset === b.offset);

/** No way to tell one from the other. */
export const samePage = (a: Page | undefined, b: Page | undefined): boolean =>
  mapsTheSame(a, b) && a?.frame === b?.frame && a?.locked === b?.locked && a?.sealed === b?.sealed;

const isPrivate = ({ kind }: Page): boolean => kind === 'anon' || kind === 'fpriv';

/** The page `distance` pages behind this one in the same mapping, not yet used. */
const further = (page: Page, distance: number): Page => ({
  ...page,
  offset: page.kind === 'anon' ? 0 : page.offset + distance,
  frame: 0,
});

/** What DONTUNMAP leaves of a page. */
const leftBehind = (page: Page): Page => ({ ...page, frame: 0, locked: false });

const without = (map: PageMap, start: number, end: number): PageMap =>
  map.slice().fill(undefined, start, end);

const firstIn = (
  map: PageMap,
  start: number,
  end: number,
  holds: (page: Page | undefined) => boolean,
): number | undefined => {
  for (let page = start; page < end; page++) if (holds(map[page])) return page;
  return undefined;
};

const isMapped = (page: Page | undefined): boolean => page !== undefined;
const isHole = (page: Page | undefined): boolean => page === undefined;

/** An mremap() with its lengths in whole pages, huge ones if the old address has those. */
interface Remap {
  readonly call: MremapCall;
  readonly oldLen: number;
  readonly newLen: number;
  readonly target: number;
}

/**
 * Both lengths in whole pages, and from the start of a huge page on in whole huge pages. A range that may
 * be several mappings is rounded up where it ends in a huge page.
 */
export function wholeLengths(
  { addr, oldLen, newLen, flags }: MremapCall,
  isHuge: (page: number) => boolean,
): { readonly oldLen: number; readonly newLen: number } {
  const whole = (length: number): number => {
    const pages = Math.ceil(length);
    const end = addr + pages;
    const several = (flags & FIXED) !== 0 && oldLen === newLen;
    const rounds = several ? isHuge(end - 1) : isHuge(addr) && addr % HUGE_PAGE === 0;
    return rounds ? Math.ceil(end / HUGE_PAGE) * HUGE_PAGE - addr : pages;
  };
  return { oldLen: whole(oldLen), newLen: whole(newLen) };
}

const remapOf = (before: PageMap, call: MremapCall, target: number): Remap => ({
  call,
  ...wholeLengths(call, (page) => before[page]?.hugePages === true),
  target,
});

/** Growth in place: more of what the last page maps, where nothing was. */
function grown(before: PageMap, { call: { addr }, oldLen, newLen }: Remap): Promised {
  const last = before[addr + oldLen - 1];
  const hole = firstIn(before, addr, addr + oldLen, isHole);
  if (last === undefined || hole !== undefined) return `page ${hole} of the source is not mapped`;
  const taken = firstIn(before, addr + oldLen, addr + newLen, isMapped);
  if (taken !== undefined) return `page ${taken}, into which the mapping grows, was not free`;
  const after = before.slice();
  for (let i = oldLen; i < newLen; i++) after[addr + i] = further(last, i - oldLen + 1);
  return after;
}

/** Why a call that moves from here to there should have been refused. */
function moveRefusal(before: PageMap, remap: Remap): string | undefined {
  const { call, oldLen, newLen, target } = remap;
  const { addr, flags, newAddr } = call;
  if ((flags & MAYMOVE) === 0) return 'the call moves without MAYMOVE';
  if (before[addr] === undefined) return 'nothing was mapped at the old address';
  // As they were given: what is added to end with a huge page may lie opposite the source.
  const [oldEnd, newEnd] = [addr + Math.ceil(call.oldLen || 1), target + Math.ceil(call.newLen)];
  if (oldEnd > target && newEnd > addr) {
    return 'source and destination overlap';
  }
  if ((flags & FIXED) !== 0) {
    if (target !== newAddr) return `the result is page ${target}, FIXED asks for ${newAddr}`;
  } else {
    const taken = firstIn(before, target, target + newLen, isMapped);
    if (taken !== undefined) return `page ${taken} of the destination was not free`;
  }
  if ((flags & DONTUNMAP) !== 0 && oldLen !== newLen) return 'DONTUNMAP with lengths that differ';
  // Only FIXED with equal lengths may name a range that is not one mapping.
  if ((flags & FIXED) !== 0 && oldLen === newLen) return undefined;
  const hole = firstIn(before, addr, addr + Math.min(oldLen, newLen), isHole);
  return hole === undefined ? undefined : `page ${hole} of the source is not mapped`;
}

/** Old length zero: the object that is shared at the old address once more, from that page on. */
function duplicated(before: PageMap, { call: { addr }, newLen, target }: Remap): Promised {
  const first = before[addr] as Page;
  // mremap(2), BUGS: up to 4.13 a private mapping got an unrelated second one.
  if (isPrivate(first)) return 'old length zero, which duplicates shared mappings only';
  const after = before.slice();
  for (let i = 0; i < newLen; i++) after[target + i] = further(first, i);
  return after;
}

/**
 * Each page of the source to its place in the destination, which it replaces; the last goes on as far as
 * the new length is longer. A gap is skipped on both sides. The tail beyond a shorter new length goes.
 */
function moved(before: PageMap, { call, oldLen, newLen, target }: Remap): PageMap {
  const { addr } = call;
  const keeps = (call.flags & DONTUNMAP) !== 0;
  const after = before.slice().fill(undefined, addr + newLen, addr + oldLen);
  const last = before[addr + oldLen - 1];
  for (let i = 0; i < newLen; i++) {
    if (i >= oldLen) {
      after[target + i] = last === undefined ? undefined : further(last, i - oldLen + 1);
      continue;
    }
    const page = before[addr + i];
    if (page === undefined) continue;
    after[target + i] = page;
    after[addr + i] = keeps ? leftBehind(page) : undefined;
  }
  return after;
}

/**
 * mremap(2). A call without a new address that does not grow is not asked what is at the old address:
 * whether it should have been refused is a question of its errors.
 */
function afterMremap(before: PageMap, call: MremapCall, result: number): Promised {
  const remap = remapOf(before, call, result);
  const { oldLen, newLen } = remap;
  const { addr } = call;
  if ((call.flags & (FIXED | DONTUNMAP)) === 0) {
    if (newLen <= oldLen) {
      if (result !== addr) return `the result is page ${result}, and there was no need to move`;
      return newLen === oldLen ? before : without(before, addr + newLen, addr + oldLen);
    }
    if (result === addr && oldLen > 0) return grown(before, remap);
  }
  const refusal = moveRefusal(before, remap);
  if (refusal !== undefined) return refusal;
  return oldLen === 0 ? duplicated(before, remap) : moved(before, remap);
}

/** Each mmap() of shared memory that is no file maps an object of its own. */
const isObject = (kind: KindName): boolean => kind === 'shm' || kind === 'hugetlb';

/** A name for a new object: the least that no page of the kind has, as the model names them too. */
function newObject(map: PageMap, kind: KindName): number {
  let name = 1;
  while (map.some((page) => page?.kind === kind && page.object === name)) name++;
  return name;
}

/** mmap(2) with MAP_FIXED: the range maps what is asked for, and nothing of what was there. */
function afterMmap(before: PageMap, call: MmapCall, result: number): Promised {
  const { addr, kind, prot } = call;
  if (result !== addr) return `the result is page ${result}, MAP_FIXED asks for ${addr}`;
  const unit = traitsOf(kind).hugePages ? HUGE_PAGE : 1;
  const len = Math.ceil(call.len / unit) * unit;
  const after = before.slice().fill(undefined, addr, addr + len);
  const first: Page = {
    kind,
    prot,
    object: isObject(kind) ? newObject(after, kind) : 0,
    offset: kind === 'anon' || isObject(kind) ? 0 : call.offset,
    frame: 0,
    locked: false,
    sealed: false,
    ...traitsOf(kind),
  };
  for (let i = 0; i < len; i++) after[addr + i] = further(first, i);
  return after;
}

/** Each page of a range that must not have a hole. */
function changed(
  before: PageMap,
  { addr, len }: { readonly addr: number; readonly len: number },
  change: (page: Page) => Page | string,
): Promised {
  const after = before.slice();
  for (let page = addr; page < addr + len; page++) {
    const was = before[page];
    if (was === undefined) return `page ${page} of the range is not mapped`;
    const is = change(was);
    if (typeof is === 'string') return `page ${page} of the range ${is}`;
    after[page] = is;
  }
  return after;
}

/**
 * The address space that the manual pages promise for a call that succeeds, page by page: an account
 * of its own, without VMAs, the steps of a kernel, or differences between releases. Whether something
 * sealed should have kept the call from succeeding is not asked.
 *
 * @param before the address space, all of it
 * @param result the page returned
 */
export function promised(before: PageMap, call: Call, result: number): Promised {
  switch (call.call) {
    case 'mremap':
      return afterMremap(before, call, result);
    case 'mmap':
      return afterMmap(before, call, result);
    case 'munmap':
      return without(before, call.addr, call.addr + Math.ceil(call.len));
    case 'mprotect':
      return changed(before, call, (page) => ({ ...page, prot: call.prot }));
    case 'mlock':
      return changed(before, call, (page) => ({ ...page, locked: page.locked || page.lockable }));
    case 'munlock':
      return changed(before, call, (page) => ({ ...page, locked: false }));
    case 'mseal':
      return changed(before, call, (page) => ({ ...page, sealed: true }));
    case 'uffd':
      return before;
    case 'touch':
      return changed(before, call, (page) => (page.prot === 'rw' ? page : 'is not writable'));
  }
}
