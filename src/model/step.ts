import { vmaAt } from './address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from './calls.js';
import type { ErrnoName } from './errno.js';
import type { State } from './state.js';
import { isLocked } from './vma.js';

/** What can be said of an mremap() call from its flags and lengths alone. */
export interface Guard {
  readonly name: string;
  readonly test: (call: MremapCall) => boolean;
}

export const FIXED_GIVEN: Guard = { name: 'FIXED', test: (c) => (c.flags & FIXED) !== 0 };
/** FIXED or DONTUNMAP: the caller's new address counts. */
export const IMPLIED: Guard = {
  name: 'FIXED or DONTUNMAP',
  test: (c) => (c.flags & (FIXED | DONTUNMAP)) !== 0,
};
export const IN_PLACE: Guard = { name: 'no new address', test: (c) => !IMPLIED.test(c) };
export const DONTUNMAP_GIVEN: Guard = {
  name: 'DONTUNMAP',
  test: (c) => (c.flags & DONTUNMAP) !== 0,
};
export const UNMAPS_SOURCE: Guard = {
  name: 'no DONTUNMAP',
  test: (c) => (c.flags & DONTUNMAP) === 0,
};
export const GROWING: Guard = { name: 'growing', test: (c) => c.newLen > c.oldLen };
export const SHRINKING: Guard = { name: 'shrinking', test: (c) => c.newLen < c.oldLen };
export const NOT_GROWING: Guard = { name: 'not growing', test: (c) => c.newLen <= c.oldLen };
/** Growing or with a new address: all that looks at more of the VMA than that it is there. */
export const RESIZES_OR_MOVES: Guard = {
  name: 'growing, FIXED or DONTUNMAP',
  test: (c) => GROWING.test(c) || IMPLIED.test(c),
};
/** FIXED with equal lengths, which moves every VMA of the range from v6.17 on. */
export const SEVERAL: Guard = {
  name: 'FIXED, equal lengths',
  test: (c) => FIXED_GIVEN.test(c) && c.oldLen === c.newLen,
};

/** A step that refuses with ENOMEM when fewer than so many map slots are left. */
export interface CountCheck {
  /** `early`: before anything is unmapped. `move`: before the copy. `unmap`: a hole into one VMA. `map`: mmap(). */
  readonly role: 'early' | 'move' | 'unmap' | 'map' | 'split';
  /** Headroom asked for: the call goes on if map_count + need <= max_map_count. */
  readonly need: number;
  /** What is asked for instead when DONTUNMAP is given. */
  readonly needDontunmap?: number;
  /** What is asked for instead when DONTUNMAP is given and the source is locked. */
  readonly needLockedDontunmap?: number;
}

/** The headroom that a check asks of this call. */
export function needOf(s: State, count: CountCheck): number {
  const { need, needDontunmap = need, needLockedDontunmap = needDontunmap } = count;
  if (s.call.call !== 'mremap' || (s.call.flags & DONTUNMAP) === 0) return need;
  if (needLockedDontunmap === needDontunmap) return needDontunmap;
  const vma = vmaAt(s.vmas, s.addr);
  return vma !== undefined && isLocked(vma) ? needLockedDontunmap : needDontunmap;
}

/**
 * One step of a system call. A release is a list of these; `run` is pure.
 */
export interface Step {
  readonly name: string;
  /** The kernel function it stands for, or is part of. */
  readonly kernel: string;
  /** What it does, in words. */
  readonly does: string;
  /** Errnos with which it can end the call. */
  readonly errnos?: readonly ErrnoName[];
  /**
   * What it looks at, if that is less than everything: the arguments and the task size; the VMA at the
   * old address; or the headroom, and of the arguments only DONTUNMAP.
   */
  readonly sees?: 'arguments' | 'old address' | 'headroom';
  /** The mmap lock is free before this step and held for writing after it. */
  readonly takesLock?: true;
  /** The headroom that it asks for, if it is a check of map_count; a step without it does not look at the limit. */
  readonly count?: CountCheck;
  /** Run only for calls of which all these are true. */
  readonly when?: readonly Guard[];
  /** Where the call goes on after this step, if it has not ended: the loop over several VMAs. */
  readonly repeatFrom?: string;
  readonly run: (s: State) => State;
}

/** The same steps as part of another kernel function. */
export const inKernel = (kernel: string, ...steps: readonly Step[]): Step[] =>
  steps.map((step) => ({ ...step, kernel }));

/** The same steps for only some calls. */
export const only = (guard: Guard, ...steps: readonly Step[]): Step[] =>
  steps.map((step) => ({ ...step, when: [guard, ...(step.when ?? [])] }));

export const applies = (step: Step, call: MremapCall): boolean =>
  step.when === undefined || step.when.every((guard) => guard.test(call));
