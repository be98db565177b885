/**
 * A VMA as one 32-bit integer, the *VMA word*.
 *
 * ```
 * bits  0..5   start page
 * bits  6..11  length in pages, less one
 * bits 12..18  displacement: page offset (vm_pgoff) minus start page, plus 64
 * bits 19..22  identity: anon_vma of a private mapping, object of a shared anonymous one; 0 is none
 * bits 23..25  kind
 * bit  26      protection: writable
 * bit  27      away: moved since it was written
 * bits 28..31  flags
 * ```
 *
 * Since the displacement is stored instead of the offset, everything that two neighbours must have
 * in common in order to merge is in the bits above the position, and "offsets continue" is "equal
 * displacements". All addresses and lengths in the model are in pages, ranges are half-open.
 */
export type Vma = number & { readonly vma: unique symbol };

/** Pages in the largest address space that a VMA word can describe. */
export const MAX_PAGES = 64;

/**
 * What a mapping maps. `shm` is shared anonymous memory, `ramfs` a file whose f_op has its own
 * get_unmapped_area, `special` a driver's VM_PFNMAP and VM_DONTEXPAND mapping, whose vm_ops may refuse to
 * be split or moved, `hugetlb` a shared mapping of huge pages.
 */
export const Kind = {
  anon: 0,
  fpriv: 1,
  fshared: 2,
  shm: 3,
  ramfs: 4,
  special: 5,
  hugetlb: 6,
} as const;
/** What a mapping maps, by name. */
export type KindName = keyof typeof Kind;
export type Kind = (typeof Kind)[KindName];
const KIND_NAMES = Object.keys(Kind) as readonly KindName[];

/** Pages of a huge page, as a model of 512 of them. */
export const HUGE = 2;

/** Protection bits as far as the model tells them apart: readable, and readable and writable. */
export const Prot = { r: 1, rw: 3 } as const;
/** A protection by name. */
export type ProtName = keyof typeof Prot;
export type Prot = (typeof Prot)[ProtName];

/**
 * A private file mapping was moved since it was written. From 7.3 on it has a page offset of its anonymous
 * pages too, beside that into the file: while it is unwritten that of its address, behind that what it was.
 * Moved back it is where it was, but that it is away is all that the word can hold.
 */
export const AWAY = 1 << 27;
/** VM_ACCOUNT: the VMA's pages are in the commit charge. Neighbours that differ in it do not merge. */
export const VM_ACCOUNT = 1 << 28;
/** VM_LOCKED: the VMA's pages are in locked_vm. */
export const VM_LOCKED = 1 << 29;
/** VM_SEALED: the VMA may not be unmapped, moved, resized or re-protected (6.10). */
export const VM_SEALED = 1 << 30;
/** VM_UFFD_MISSING: registered with userfaultfd, which is not told of moves. */
export const VM_UFFD = 1 << 31;

const START_MASK = 0x3f;
const LENGTH_SHIFT = 6;
const LENGTH_MASK = 0x3f << LENGTH_SHIFT;
const POSITION_MASK = START_MASK | LENGTH_MASK;
const DISPLACEMENT_SHIFT = 12;
const DISPLACEMENT_MASK = 0x7f << DISPLACEMENT_SHIFT;
const DISPLACEMENT_BIAS = 64;
const ID_SHIFT = 19;
const ID_MASK = 0xf << ID_SHIFT;
const KIND_SHIFT = 23;
const KIND_MASK = 0x7 << KIND_SHIFT;
const PROT_SHIFT = 26;
const PROT_MASK = 1 << PROT_SHIFT;

/** Of r and rw the second bit tells which. */
const protBit = (prot: Prot): number => (prot >> 1) << PROT_SHIFT;

/** Largest identity (anon_vma or shared object) of one kind in one address space. */
export const MAX_ID = 15;

/** An address space left what a VMA word can hold; the caller reports it, no verdict may rest on it. */
export class ModelLimitError extends Error {
  override readonly name = 'ModelLimitError';
}

/** The parts of a VMA, for building one; units are pages. */
export interface VmaParts {
  readonly start: number;
  readonly pages: number;
  readonly kind: Kind;
  readonly prot: Prot;
  /** vm_pgoff minus start. */
  readonly displacement?: number;
  /** anon_vma or object identity, 0 for none. */
  readonly id?: number;
  /** Any of the VM_ bits of this module, and AWAY. */
  readonly flags?: number;
}

/** Builds a VMA word; throws ModelLimitError where a part does not fit, RangeError where it is none. */
export function makeVma(parts: VmaParts): Vma {
  const { start, pages, kind, prot, displacement = 0, id = 0, flags = 0 } = parts;
  if (id > MAX_ID) throw new ModelLimitError(`more than ${MAX_ID} distinct anon_vmas or objects`);
  if (
    !(
      start >= 0 &&
      pages >= 1 &&
      id >= 0 &&
      [start, pages, displacement, id].every(Number.isInteger)
    )
  ) {
    throw new RangeError(
      `found a VMA at ${start} of ${pages} pages, displaced by ${displacement}, identity ${id}; expected whole numbers, at least one page, nothing below 0 but the displacement`,
    );
  }
  const attributes = (id << ID_SHIFT) | (kind << KIND_SHIFT) | protBit(prot) | flags;
  return placeWord(attributes as Vma, start, pages, displacement);
}

/** First page. */
export const startOf = (v: Vma): number => v & START_MASK;
/** Length in pages, at least 1. */
export const pagesOf = (v: Vma): number => ((v & LENGTH_MASK) >> LENGTH_SHIFT) + 1;
/** First page after the VMA. */
export const endOf = (v: Vma): number => startOf(v) + pagesOf(v);
/** vm_pgoff minus start, in pages. */
export const displacementOf = (v: Vma): number =>
  ((v & DISPLACEMENT_MASK) >> DISPLACEMENT_SHIFT) - DISPLACEMENT_BIAS;
/** vm_pgoff, in pages. */
export const offsetOf = (v: Vma): number => startOf(v) + displacementOf(v);
/** anon_vma (private kinds) or object (shm); 0 is none. */
export const idOf = (v: Vma): number => (v & ID_MASK) >> ID_SHIFT;
export const kindOf = (v: Vma): Kind => ((v & KIND_MASK) >> KIND_SHIFT) as Kind;
/** What it maps. */
export const kindName = (v: Vma): KindName => KIND_NAMES[kindOf(v)] as KindName;
export const protOf = (v: Vma): Prot => ((v & PROT_MASK) === 0 ? Prot.r : Prot.rw);
/** Its protection. */
export const protName = (v: Vma): ProtName => (protOf(v) === Prot.rw ? 'rw' : 'r');
/** VM_SHARED. */
export const isShared = (v: Vma): boolean => kindOf(v) >= Kind.fshared;
/** A new object with each mmap(), which therefore has an identity. */
export const isObject = (kind: number): boolean => kind === Kind.shm || kind === Kind.hugetlb;
/** vm_pgoff is an offset into a file that all mappings of the kind have in common. */
export const isFile = (kind: number): boolean => kind !== Kind.anon && !isObject(kind);
export const isHugetlb = (v: Vma): boolean => kindOf(v) === Kind.hugetlb;
/** VM_DONTEXPAND, one of VM_SPECIAL: neither grows nor merges. */
export const isSpecial = (v: Vma): boolean => kindOf(v) >= Kind.special;
/** vma_is_anonymous(): private, and no file. */
export const isAnonymous = (v: Vma): boolean => kindOf(v) === Kind.anon;
/** A private VMA with an anon_vma: a page of it has been written since it was mapped. */
export const isFaulted = (v: Vma): boolean => !isShared(v) && (v & ID_MASK) !== 0;
export const isWritable = (v: Vma): boolean => protOf(v) === Prot.rw;
/** Its pages are in the commit charge: VM_ACCOUNT. */
export const isAccounted = (v: Vma): boolean => (v & VM_ACCOUNT) !== 0;
/** mlock()ed: VM_LOCKED. */
export const isLocked = (v: Vma): boolean => (v & VM_LOCKED) !== 0;
/** mseal()ed: VM_SEALED. */
export const isSealed = (v: Vma): boolean => (v & VM_SEALED) !== 0;
/** Registered with userfaultfd for missing pages: VM_UFFD_MISSING. */
export const isArmed = (v: Vma): boolean => (v & VM_UFFD) !== 0;

/** Moved since it was written, as far as that is known: AWAY. */
export const isAway = (v: Vma): boolean => (v & AWAY) !== 0;

/** Pages in VMAs that have a VM_ bit. */
export function pagesWith(vmas: readonly Vma[], flag: number): number {
  let pages = 0;
  for (const vma of vmas) if ((vma & flag) !== 0) pages += pagesOf(vma);
  return pages;
}

/** Pages that are mapped. */
export function mappedPages(vmas: readonly Vma[]): number {
  let pages = 0;
  for (const vma of vmas) pages += pagesOf(vma);
  return pages;
}

export const withId = (v: Vma, id: number): Vma => ((v & ~ID_MASK) | (id << ID_SHIFT)) as Vma;
export const withProt = (v: Vma, prot: Prot): Vma => ((v & ~PROT_MASK) | protBit(prot)) as Vma;
/** Unwritten again. */
export const withoutAnonVma = (v: Vma): Vma => (v & ~(ID_MASK | AWAY)) as Vma;
/** The same VMA with some of the VM_ bits set, or cleared. */
export const withFlags = (v: Vma, flags: number, on: boolean): Vma =>
  (on ? v | flags : v & ~flags) as Vma;
export const withAccount = (v: Vma, on: boolean): Vma => withFlags(v, VM_ACCOUNT, on);

/** The part [start, end) of the same mapping, or its extension to there: offsets stay with the pages. */
export const reshaped = (v: Vma, start: number, end: number): Vma =>
  ((v & ~POSITION_MASK) | start | ((end - start - 1) << LENGTH_SHIFT)) as Vma;

/** The mapping at another place, [start, start + pages), with the displacement that goes with it. */
export function placeWord(v: Vma, start: number, pages: number, displacement: number): Vma {
  const field = displacement + DISPLACEMENT_BIAS;
  if (field < 0 || field > 127 || start + pages > MAX_PAGES) {
    throw new ModelLimitError(
      `a VMA at page ${start} of ${pages} pages with offset ${start + displacement} does not fit the model`,
    );
  }
  const position = start | ((pages - 1) << LENGTH_SHIFT);
  return ((v & ~(POSITION_MASK | DISPLACEMENT_MASK)) |
    position |
    (field << DISPLACEMENT_SHIFT)) as Vma;
}

/** Everything but position, anon_vma and whether it is away is equal: kind, protection, flags, and offsets continue. */
export const sameMapping = (a: Vma, b: Vma): boolean =>
  ((a ^ b) & ~(POSITION_MASK | ID_MASK | AWAY)) === 0;

/** As sameMapping, both away or neither, but the protection may differ: what anon_vma sharing asks for (VM_ACCESS_FLAGS apart). */
export const sameButProtection = (a: Vma, b: Vma): boolean =>
  ((a ^ b) & ~(POSITION_MASK | ID_MASK | PROT_MASK)) === 0;
