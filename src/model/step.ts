import { vmaAt } from './address-space.js';
import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from './calls.js';
import { Errno, type ErrnoName } from './errno.js';
import { fail, type Ranges, type ResourceLimits, type State, succeed } from './state.js';
import { isLocked } from './vma.js';

/** A range of pages that a step is about. */
export interface Range {
  readonly what: string;
  /** First page, by the ranges of the call. */
  readonly start: (ranges: Ranges) => number;
  /** First page after it. */
  readonly end: (ranges: Ranges) => number;
}

/** What a step does within one range; in a release, equal actions on equal ranges are the same. */
export interface Within {
  readonly action: string;
  readonly range: Range;
}

/** All that guards look at: calls of one shape have the same steps. */
export interface CallShape {
  readonly flags: number;
  readonly oldLenIsZero: boolean;
  /** Whether the call shrinks, keeps or grows its range in whole pages: lengths are rounded up before they are compared. */
  readonly growth: -1 | 0 | 1;
}

export const shapeOf = ({ flags, oldLen, newLen }: MremapCall): CallShape => ({
  flags,
  oldLenIsZero: oldLen === 0,
  growth: Math.sign(Math.ceil(newLen) - Math.ceil(oldLen)) as CallShape['growth'],
});

/** What can be said of an mremap() call from its shape alone. */
export interface Guard {
  readonly name: string;
  /** Whether it is true of calls of a shape. */
  readonly test: (shape: CallShape) => boolean;
  /** True of every call while a move that failed half way is being undone. */
  readonly orUndoing?: true;
}

const MAYMOVE_GIVEN: Guard = { name: 'MAYMOVE', test: (c) => (c.flags & MAYMOVE) !== 0 };
export const MAYMOVE_MISSING: Guard = {
  name: 'no MAYMOVE',
  test: (c) => (c.flags & MAYMOVE) === 0,
};
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
/** A failed move unmaps its destination in the same way. */
export const UNMAPS_SOURCE: Guard = {
  name: 'no DONTUNMAP',
  test: (c) => (c.flags & DONTUNMAP) === 0,
  orUndoing: true,
};
export const EMPTY_SOURCE: Guard = { name: 'old length zero', test: (c) => c.oldLenIsZero };
export const GROWING: Guard = { name: 'growing', test: (c) => c.growth > 0 };
export const SHRINKING: Guard = { name: 'shrinking', test: (c) => c.growth < 0 };
export const NOT_GROWING: Guard = { name: 'not growing', test: (c) => c.growth <= 0 };
/** Growing or with a new address: all that looks at more of the VMA than that it is there. */
export const RESIZES_OR_MOVES: Guard = {
  name: 'growing, FIXED or DONTUNMAP',
  test: (c) => GROWING.test(c) || IMPLIED.test(c),
};
/** FIXED with equal lengths, which moves every VMA of the range from v6.17 on. */
export const SEVERAL: Guard = {
  name: 'FIXED, equal lengths',
  test: (c) => FIXED_GIVEN.test(c) && c.growth === 0,
};

/** What edits may make a step depend on, by name. */
export const GUARDS: readonly Guard[] = [
  MAYMOVE_GIVEN,
  MAYMOVE_MISSING,
  FIXED_GIVEN,
  DONTUNMAP_GIVEN,
  UNMAPS_SOURCE,
  IMPLIED,
  IN_PLACE,
  EMPTY_SOURCE,
  GROWING,
  SHRINKING,
  NOT_GROWING,
  RESIZES_OR_MOVES,
  SEVERAL,
];

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
  /** What is asked for instead, where that is told from more than this. */
  readonly needFor?: (s: State) => number;
}

/** The headroom that a check asks of this call. */
export function needOf(s: State, count: CountCheck): number {
  if (count.needFor !== undefined) return count.needFor(s);
  const { need, needDontunmap = need, needLockedDontunmap = needDontunmap } = count;
  if (s.call.call !== 'mremap' || (s.call.flags & DONTUNMAP) === 0) return need;
  if (needLockedDontunmap === needDontunmap) return needDontunmap;
  const vma = vmaAt(s.vmas, s.addr);
  return vma !== undefined && isLocked(vma) ? needLockedDontunmap : needDontunmap;
}

/** Something in a step that can fail whatever the arguments and the limits are: an allocation, a charge, a driver's veto. */
export interface MayFail {
  /** The kernel function that fails. */
  readonly kernel: string;
  readonly errno: ErrnoName;
  /** How often the step comes by here in this state; 0 where it has nothing of the kind to do. */
  readonly times: (s: State) => number;
  /** The state after the step if it fails there, not the first `time` times but the one after. */
  readonly fails: (s: State, time: number) => State;
}

/** Fails at most once in a step, and ends the call with nothing done in it. */
export const mayRefuse = (
  kernel: string,
  errno: ErrnoName,
  met: (s: State) => boolean,
): MayFail => ({
  kernel,
  errno,
  times: (s) => (met(s) ? 1 : 0),
  fails: (s) => fail(s, Errno[errno]),
});

/** What some steps are about: a limit of the process, a kind or state of mappings, or things made to fail. */
export type Cause =
  | keyof ResourceLimits
  | 'huge pages'
  | 'special mappings'
  | 'sealed mappings'
  | 'locked mappings'
  | 'userfaultfd'
  | 'failures';

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
  /** Without this it never ends a call. */
  readonly refusesOnlyFor?: Cause;
  /** Without this it neither ends a call nor changes anything, so that a search may leave it out. */
  readonly idleWithout?: Cause;
  /**
   * What it looks at, if that is less than everything: the arguments and the task size; the VMA at the
   * old address; that and how far the shorter length reaches; the headroom, and of the arguments only
   * DONTUNMAP; or the arguments, where the VMA at the old address is of huge pages. But for the last, it
   * does nothing but refuse or pass on.
   */
  readonly sees?: 'arguments' | 'old address' | 'old range' | 'headroom' | 'huge pages';
  /** It looks at no more of the call than a range, and at the address space; and it changes that alone. */
  readonly within?: Within;
  /** A range that it clears: what is mapped there before makes no difference to what it leaves behind. */
  readonly clears?: Range;
  /** What it clears is counted until a later step takes it off map_count. */
  readonly countsCleared?: true;
  /**
   * Where there is no commit limit it still does with a VMA that is writable, or accounted, something else
   * than with one that is not: more than to compare two of them, and to charge.
   */
  readonly tellsProtections?: true;
  /** All that it does, if that is to end the call with a page that its ranges tell. */
  readonly returns?: (ranges: Ranges) => number;
  /** All that it does, if that is to change the ranges of the call by what they are. */
  readonly cuts?: (ranges: Ranges) => Ranges;
  /** The mmap lock is free before this step and held for writing after it. */
  readonly takesLock?: true;
  /** The headroom that it asks for, if it is a check of map_count; a step without it does not look at the limit. */
  readonly count?: CountCheck;
  /** What can fail in it, in the order in which the kernel comes by. */
  readonly mayFail?: readonly MayFail[];
  /** Run only for calls of which all these are true. */
  readonly when?: readonly Guard[];
  /** Where the call goes on after this step, if it has not ended: the loop over several VMAs. */
  readonly repeatFrom?: string;
  /** The state after the step; the one given if it has nothing to do. */
  readonly run: (s: State) => State;
}

/** The only cause that it can end a call for, if there is but one. */
export const causeOf = ({ refusesOnlyFor, idleWithout }: Step): Cause | undefined =>
  refusesOnlyFor ?? idleWithout;

/** The last step of a call that has come to its end. */
export const returning = (
  name: string,
  kernel: string,
  does: string,
  returns: (ranges: Ranges) => number,
): Step => ({ name, kernel, does, returns, run: (s) => succeed(s, returns(s)) });

/** The same steps as part of another kernel function. */
export const inKernel = (kernel: string, ...steps: readonly Step[]): Step[] =>
  steps.map((step) => ({ ...step, kernel }));

/** The same steps for only some calls. */
export const only = (guard: Guard, ...steps: readonly Step[]): Step[] =>
  steps.map((step) => ({ ...step, when: [guard, ...(step.when ?? [])] }));

export const applies = (step: Step, shape: CallShape): boolean =>
  step.when === undefined || step.when.every((guard) => guard.test(shape));

export const appliesUndoing = (step: Step, shape: CallShape): boolean =>
  step.when === undefined ||
  step.when.every((guard) => guard.orUndoing === true || guard.test(shape));
