import type { KindName, ProtName } from './vma.js';

/** MREMAP_MAYMOVE, as in the system call. */
export const MAYMOVE = 1;
/** MREMAP_FIXED. */
export const FIXED = 2;
/** MREMAP_DONTUNMAP. */
export const DONTUNMAP = 4;

/** A bit that no release knows. */
const UNKNOWN = 8;

const FLAG_BITS = { MAYMOVE, FIXED, DONTUNMAP, UNKNOWN } as const;
/** A flag by its name; UNKNOWN is a bit that no release knows. */
export type FlagName = keyof typeof FLAG_BITS;
export const FLAG_NAMES = Object.keys(FLAG_BITS) as readonly FlagName[];

export const flagBits = (names: readonly FlagName[]): number =>
  names.reduce((bits, name) => bits | FLAG_BITS[name], 0);
/** The names of the flags that are set, in the order of their bits. */
export const flagNames = (bits: number): FlagName[] =>
  FLAG_NAMES.filter((name) => (bits & FLAG_BITS[name]) !== 0);

/** mmap() with MAP_FIXED; units are pages. */
export interface MmapCall {
  readonly call: 'mmap';
  readonly addr: number;
  readonly len: number;
  readonly kind: KindName;
  readonly prot: ProtName;
  /** Page offset into the file; without meaning for anonymous kinds. */
  readonly offset: number;
}

/** munmap(); units are pages. */
export interface MunmapCall {
  readonly call: 'munmap';
  readonly addr: number;
  readonly len: number;
}

/** mprotect(); units are pages. */
export interface MprotectCall {
  readonly call: 'mprotect';
  readonly addr: number;
  readonly len: number;
  readonly prot: ProtName;
}

/** Writes to each page of the range in turn. */
export interface TouchCall {
  readonly call: 'touch';
  readonly addr: number;
  readonly len: number;
}

/** mlock(), munlock(), mseal(), and UFFDIO_REGISTER for missing pages. */
export interface FlagCall {
  readonly call: 'mlock' | 'munlock' | 'mseal' | 'uffd';
  readonly addr: number;
  readonly len: number;
}

/** mremap(); units are pages. */
export interface MremapCall {
  readonly call: 'mremap';
  /** A half stands for all that is not a multiple of the page size. */
  readonly addr: number;
  readonly oldLen: number;
  readonly newLen: number;
  /** MAYMOVE, FIXED and DONTUNMAP, or-ed; UNKNOWN for any other bit. */
  readonly flags: number;
  /** A mere hint with DONTUNMAP alone, and not looked at without either flag. */
  readonly newAddr: number;
}

/** A call that the model can run. */
export type Call = MmapCall | MunmapCall | MprotectCall | TouchCall | FlagCall | MremapCall;
