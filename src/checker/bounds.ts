import type { Call, FlagName } from '../model/calls.js';
import type { CallName } from '../model/release.js';
import type { ResourceLimits } from '../model/state.js';
import { Kind, type KindName, type ProtName } from '../model/vma.js';

/** What a VMA of an enumerated address space may be. */
export interface VmaClass {
  readonly kind: KindName;
  readonly prot: ProtName;
  /** A private VMA of which a page has been written: it has an anon_vma. */
  readonly populated: boolean;
  /** A private file mapping, populated, that was moved since it was written: from 7.3 on that makes a difference. */
  readonly away?: boolean;
  /** Anonymous, without an anon_vma and yet with the page offset of another place, as DONTUNMAP leaves it from 5.12 to 7.1. */
  readonly displaced?: boolean;
  /** Where VM_ACCOUNT is other than `mmap()` and a write leave it, whether it is set. */
  readonly accounted?: boolean;
  /** Not unless given. */
  readonly locked?: boolean;
  readonly sealed?: boolean;
  /** Registered with userfaultfd. */
  readonly armed?: boolean;
}

/** `anon rw populated`, as specs write it. */
export const className = (c: VmaClass): string =>
  [
    c.kind,
    c.prot,
    ...(c.populated ? ['populated'] : []),
    ...(c.away === true ? ['away'] : []),
    ...(c.displaced === true ? ['displaced'] : []),
    ...(c.accounted === undefined ? [] : [c.accounted ? 'accounted' : 'unaccounted']),
    ...(c.locked === true ? ['locked'] : []),
    ...(c.sealed === true ? ['sealed'] : []),
    ...(c.armed === true ? ['armed'] : []),
  ].join(' ');

/** Whether `mmap()` and a write leave VM_ACCOUNT set: on what is private, and writable or was when it was written. */
export const isAccountedAnyway = ({
  kind,
  prot,
  populated,
}: Pick<VmaClass, 'kind' | 'prot' | 'populated'>): boolean =>
  Kind[kind] < Kind.fshared && (prot === 'rw' || populated);

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

/** Which address spaces there are. */
export interface SpaceBounds {
  readonly pages: number;
  readonly classes: readonly VmaClass[];
  /** Most VMAs in an address space. */
  readonly vmas: number;
  /** Most distinct anon_vmas, or shared anonymous objects, of one kind. */
  readonly identities: number;
  /** vm_pgoff less start page, for VMAs where it is free: populated and file-backed ones. */
  readonly displacements: readonly number[];
}

/** Every address space within these, each limit, each call, and what may fail in it: a proof for one call after any history. */
export interface EnumerateBounds extends SpaceBounds {
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

/** The same for two releases side by side. */
export interface CompareBounds extends Omit<EnumerateBounds, 'failures'> {
  /** Least and greatest max_map_count - map_count when the call is made; any unless given. */
  readonly headrooms?: readonly [number, number];
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
  /**
   * vm_pgoff less start page: no call is made in a state with another, and what leads there is judged
   * alone; any unless given. Without it a search in which moves get through may have no end, since each
   * move of memory that keeps its page offsets may bring them further from where it is.
   */
  readonly displacements?: readonly number[];
  /** The search stops as incomplete at so many states. */
  readonly maxStates: number;
}

/**
 * What a thread of a race does, once: makes one of some calls; lowers max_map_count; or reads
 * map_count without the lock.
 */
export type RaceThread =
  | {
      readonly does: 'call';
      /** Every call of these names within the window; `mmap` maps the classes of the bounds. */
      readonly calls: readonly CallName[];
      /** Calls beside those. */
      readonly given: readonly Call[];
      readonly mremap: MremapBounds;
    }
  | { readonly does: 'lower' }
  | { readonly does: 'read' };

/** Every address space within these, each limit, each combination of what the threads do, each interleaving. */
export interface RaceBounds extends SpaceBounds {
  /** Least and greatest max_map_count: before the race, and after it has been lowered. */
  readonly limits: readonly [number, number];
  readonly threads: readonly RaceThread[];
}
