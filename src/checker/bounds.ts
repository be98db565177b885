import type { FlagName } from '../model/calls.js';
import type { CallName } from '../model/release.js';
import type { ResourceLimits } from '../model/state.js';
import type { KindName, ProtName } from '../model/vma.js';

/** What a VMA of an enumerated address space may be. */
export interface VmaClass {
  readonly kind: KindName;
  readonly prot: ProtName;
  /** A private VMA of which a page has been written: it has an anon_vma. */
  readonly populated: boolean;
  /** Not unless given. */
  readonly locked?: boolean;
  readonly sealed?: boolean;
  /** Registered with userfaultfd. */
  readonly armed?: boolean;
}

/** `anon rw populated`, as specs write it. */
export const className = ({ kind, prot, populated, locked, sealed, armed }: VmaClass): string =>
  [
    kind,
    prot,
    ...(populated ? ['populated'] : []),
    ...(locked === true ? ['locked'] : []),
    ...(sealed === true ? ['sealed'] : []),
    ...(armed === true ? ['armed'] : []),
  ].join(' ');

/** Which mremap() calls are made; addresses and lengths run over the whole window. */
export interface MremapBounds {
  /** Each combination of flags that is tried. */
  readonly flags: readonly (readonly FlagName[])[];
  /** `equal`: only calls whose two lengths are equal. */
  readonly lengths: 'any' | 'equal';
  /** `fits`: the destination ends within the window; `any` has those too that do not. */
  readonly destinations: 'any' | 'fits';
  /** Also lengths of zero, values that are not a multiple of the page size, and those beyond the window. */
  readonly odd?: boolean;
}

/** Every address space within these, each limit, each call, and what may fail in it: a proof for one call after any history. */
export interface EnumerateBounds {
  readonly pages: number;
  readonly classes: readonly VmaClass[];
  /** Most VMAs in an address space. */
  readonly vmas: number;
  /** Most distinct anon_vmas, or shared anonymous objects, of one kind. */
  readonly identities: number;
  /** vm_pgoff less start page, for VMAs where it is free: populated and file-backed ones. */
  readonly displacements: readonly number[];
  /** Least and greatest max_map_count. */
  readonly limits: readonly [number, number];
  /** Further limits of the process; none unless given. */
  readonly resources?: Partial<ResourceLimits>;
  /** mremap() alone unless given. */
  readonly calls?: readonly CallName[];
  readonly mremap: MremapBounds;
  /** Most allocations, charges, vetoes and moves of page tables that fail in one call; none unless given. */
  readonly failures?: number;
}

/** Everything that calls can reach from an empty window. */
export interface ReachBounds {
  readonly pages: number;
  readonly limit: number;
  /** mmap() fails while map_count is above this; the limit in every kernel. */
  readonly mmapCap: number;
  /** What mmap() maps; file offsets continue with addresses. */
  readonly classes: readonly VmaClass[];
  readonly calls: readonly CallName[];
  readonly mremap: MremapBounds;
  /** The search stops as incomplete at so many states. */
  readonly maxStates: number;
}
