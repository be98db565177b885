import type { Vmas } from './address-space.js';
import type { Call, MremapCall } from './calls.js';
import type { Errno } from './errno.js';
import type { Vma } from './vma.js';

/** What a call meets apart from the VMAs; units are VMAs and pages. */
export interface Env {
  /** vm.max_map_count. */
  readonly maxMapCount: number;
  /** First page after the address space (TASK_SIZE). */
  readonly taskEnd: number;
  /** mmap() fails while map_count is above this; max_map_count in every kernel, a knob in the core model. */
  readonly mmapCap: number;
  /** RLIMIT_AS: most pages mapped. */
  readonly rlimitAs: number;
  /** RLIMIT_MEMLOCK of a process without CAP_IPC_LOCK: most pages locked. */
  readonly rlimitMemlock: number;
  /** Most pages in the commit charge, under vm.overcommit_memory=2. */
  readonly commitLimit: number;
}

/** Limits of a process apart from the one on its VMAs, in pages. */
export type ResourceLimits = Pick<Env, 'rlimitAs' | 'rlimitMemlock' | 'commitLimit'>;

/** More pages than an address space has, as a small integer. */
const UNLIMITED = 2 ** 30;

/** max_map_count where no limit is meant: more than any headroom that a check may ask for leaves room. */
export const NO_MAP_LIMIT = 2 ** 29;

export const NO_RESOURCE_LIMITS: ResourceLimits = {
  rlimitAs: UNLIMITED,
  rlimitMemlock: UNLIMITED,
  commitLimit: UNLIMITED,
};

/**
 * The kernel's rules, in an address space of `taskEnd` pages; without further limits unless they are given.
 *
 * @param maxMapCount vm.max_map_count, in VMAs
 */
export const env = (
  maxMapCount: number,
  taskEnd: number,
  { mmapCap = maxMapCount, ...limits }: Partial<ResourceLimits> & { mmapCap?: number } = {},
): Env => ({ maxMapCount, taskEnd, mmapCap, ...NO_RESOURCE_LIMITS, ...limits });

/** The same without a limit on VMAs. */
export const unlimited = (taskEnd: number): Env => env(NO_MAP_LIMIT, taskEnd);

/**
 * Which page frame is mapped where: entry p holds the token of the frame at page p, 0 for none. A
 * ghost of one call: frames are named when the call starts and looked up when it has ended.
 */
export type Pages = readonly number[];

/** Given in place of tokens where nobody looks at them. */
export const NOT_FOLLOWED: Pages = [];

/** `State.result` while the call goes on. A result of 0 or more is the page returned, below it an errno, negated. */
export const RUNNING = -1000;

/** A move of several VMAs: what the loop over them remembers (v6.17). */
export interface SeveralVmas {
  /** End of the range that the caller named. */
  readonly sourceEnd: number;
  /** Where the caller wants the first VMA. */
  readonly target: number;
  /** Pieces begun so far. */
  readonly pieces: number;
  /** End of the VMA begun last, as it was then. */
  readonly lastVmaEnd: number;
  /** The first VMA may move with others. */
  readonly firstMayMove: boolean;
}

/** What a call adds to the counters of the process, in pages. */
export interface Accounts {
  /** To mm->total_vm. */
  readonly total: number;
  /** To mm->locked_vm. */
  readonly locked: number;
  /** To the commit charge, for VMAs with VM_ACCOUNT. */
  readonly committed: number;
}

/** A call that maps, unmaps and locks nothing. */
export const NO_CHANGE: Accounts = { total: 0, locked: 0, committed: 0 };

export const addAccounts = (a: Accounts, b: Partial<Accounts>): Accounts => ({
  total: a.total + (b.total ?? 0),
  locked: a.locked + (b.locked ?? 0),
  committed: a.committed + (b.committed ?? 0),
});

/**
 * One call under way. Steps take one and return the next; none is modified. A class and not a plain
 * object, since copying one by its constructor is several times faster than by a spread.
 */
export class State {
  constructor(
    readonly env: Env,
    readonly call: Call,
    /** Source range; steps may cut it. */
    readonly addr: number,
    readonly oldLen: number,
    /** Destination range. */
    readonly newAddr: number,
    readonly newLen: number,
    readonly vmas: Vmas,
    /** mm->map_count; equals the number of VMAs whenever the lock is free. */
    readonly mapCount: number,
    readonly pages: Pages,
    readonly several: SeveralVmas | undefined,
    /** The unmapping of the source failed, which the kernel does not report. */
    readonly sourceKept: boolean,
    readonly result: number,
    readonly accounts: Accounts = NO_CHANGE,
    /** Pages charged for the copy so far. */
    readonly charged: number = 0,
    /** The errno of a move that failed half way and is being undone: source and destination have changed places. */
    readonly undoing: number = 0,
    /** The VMA that a move unmaps from in the end, as it was before that. */
    readonly unmapped?: Vma,
  ) {}
}

/** Source and destination of a call, in pages. */
export type Ranges = Pick<State, 'addr' | 'oldLen' | 'newAddr' | 'newLen'>;

/** What steps change of a call's ranges and of its course. */
type Course = Pick<
  State,
  | 'addr'
  | 'oldLen'
  | 'newAddr'
  | 'newLen'
  | 'several'
  | 'sourceKept'
  | 'accounts'
  | 'charged'
  | 'undoing'
  | 'unmapped'
>;

/** The same memory map and another course. */
export const withCourse = (s: State, course: Partial<Course>): State =>
  new State(
    s.env,
    s.call,
    course.addr ?? s.addr,
    course.oldLen ?? s.oldLen,
    course.newAddr ?? s.newAddr,
    course.newLen ?? s.newLen,
    s.vmas,
    s.mapCount,
    s.pages,
    course.several ?? s.several,
    course.sourceKept ?? s.sourceKept,
    s.result,
    course.accounts ?? s.accounts,
    course.charged ?? s.charged,
    course.undoing ?? s.undoing,
    course.unmapped ?? s.unmapped,
  );

/** The same course and another memory map or result. */
const withMap = (
  s: State,
  vmas: Vmas,
  mapCount: number,
  pages: Pages,
  result: number = s.result,
  accounts: Accounts = s.accounts,
  limits: Env = s.env,
): State =>
  new State(
    limits,
    s.call,
    s.addr,
    s.oldLen,
    s.newAddr,
    s.newLen,
    vmas,
    mapCount,
    pages,
    s.several,
    s.sourceKept,
    result,
    accounts,
    s.charged,
    s.undoing,
    s.unmapped,
  );

/** The part of a call's state that it shares with others. */
export type Shared = Pick<State, 'env' | 'vmas' | 'mapCount' | 'pages'>;

/** The same course with what others have made of the rest meanwhile. */
export const withShared = (s: State, { env, vmas, mapCount, pages }: Shared): State =>
  env === s.env && vmas === s.vmas && mapCount === s.mapCount && pages === s.pages
    ? s
    : withMap(s, vmas, mapCount, pages, s.result, s.accounts, env);

/** Whether an mremap() is given a flag. */
export const hasFlag = (s: State, flag: number): boolean =>
  ((s.call as MremapCall).flags & flag) !== 0;

/** map slots left before the limit; negative above it. */
export const headroom = (s: State): number => s.env.maxMapCount - s.mapCount;

/** The call ends with an errno. */
export const fail = (s: State, errno: Errno): State =>
  withMap(s, s.vmas, s.mapCount, s.pages, -errno);
export const succeed = (s: State, page: number): State =>
  withMap(s, s.vmas, s.mapCount, s.pages, page);

/** A changed memory map; map_count follows the number of VMAs unless it is given. */
export const withVmas = (
  s: State,
  vmas: Vmas,
  mapCount: number = s.mapCount + vmas.length - s.vmas.length,
): State => (vmas === s.vmas && mapCount === s.mapCount ? s : withMap(s, vmas, mapCount, s.pages));

/** So many pages more, or less, in the counters. */
export const withAccounts = (s: State, change: Partial<Accounts>): State =>
  withMap(s, s.vmas, s.mapCount, s.pages, s.result, addAccounts(s.accounts, change));

function framesWithout(frames: Pages, start: number, end: number): Pages {
  if (frames === NOT_FOLLOWED) return frames;
  const left = frames.slice();
  for (let page = start; page < end; page++) left[page] = 0;
  return left;
}

/**
 * A range is gone: its VMAs, its frames, and what they counted for. In one step, since this is what a
 * search does most.
 *
 * @param vmas the VMAs that are left
 * @param change what it changes of the counters
 */
export function withoutRange(
  s: State,
  vmas: Vmas,
  start: number,
  end: number,
  change: Accounts,
): State {
  const pages = framesWithout(s.pages, start, end);
  const mapCount = s.mapCount + vmas.length - s.vmas.length;
  return withMap(s, vmas, mapCount, pages, s.result, addAccounts(s.accounts, change));
}

/** A mapping has come: the VMAs with it, and what it counts for. */
export const withMapping = (s: State, vmas: Vmas, change: Partial<Accounts>): State =>
  withMap(
    s,
    vmas,
    s.mapCount + vmas.length - s.vmas.length,
    s.pages,
    s.result,
    addAccounts(s.accounts, change),
  );

/** The frames of `length` pages from `from` on are at `to` now. */
export function withMovedPages(s: State, from: number, to: number, length: number): State {
  if (s.pages === NOT_FOLLOWED) return s;
  const pages = s.pages.slice();
  for (let i = 0; i < length; i++) pages[to + i] = s.pages[from + i] ?? 0;
  for (let i = 0; i < length; i++) pages[from + i] = 0;
  return withMap(s, s.vmas, s.mapCount, pages);
}

/** The ranges that a call is given, its lengths rounded up to pages. */
export const rangesOf = (call: Call): Ranges =>
  call.call === 'mremap'
    ? {
        addr: call.addr,
        oldLen: Math.ceil(call.oldLen),
        newAddr: call.newAddr,
        newLen: Math.ceil(call.newLen),
      }
    : { addr: call.addr, oldLen: call.len, newAddr: call.addr, newLen: call.len };

/**
 * A call under way, of which nothing but its ranges differs from what it was before its first step.
 */
export const stateOf = (
  limits: Env,
  vmas: Vmas,
  pages: Pages,
  call: Call,
  { addr, oldLen, newAddr, newLen }: Ranges,
): State =>
  new State(
    limits,
    call,
    addr,
    oldLen,
    newAddr,
    newLen,
    vmas,
    vmas.length,
    pages,
    undefined,
    false,
    RUNNING,
  );

/** A call before its first step. */
export const initialState = (limits: Env, vmas: Vmas, pages: Pages, call: Call): State =>
  stateOf(limits, vmas, pages, call, rangesOf(call));
