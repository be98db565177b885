import { type Vmas, vmaAt } from '../model/address-space.js';
import { type Call, DONTUNMAP, FIXED, type MremapCall } from '../model/calls.js';
import { Errno, errnoName } from '../model/errno.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine } from '../model/plan.js';
import { type Observer, run } from '../model/run.js';
import { type Accounts, addAccounts, type Env, NO_CHANGE, unlimited } from '../model/state.js';
import { chooseNewAddress } from '../model/steps/move.js';
import {
  idOf,
  isShared,
  isWritable,
  Kind,
  type KindName,
  kindName,
  kindOf,
  MAX_PAGES,
  ModelLimitError,
  offsetOf,
  pagesOf,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';
import { Contents, FRAMES } from './contents.js';
import { AT_HOME, distancesAfter } from './distances.js';
import type { CallResult, LayoutEntry, WindowView } from './outcome.js';

/** Scenarios map no others. */
const LISTED_AS: Partial<Record<KindName, LayoutEntry['kind']>> = {
  anon: 'anon',
  fpriv: 'file',
  fshared: 'file',
  shm: 'shm',
  ramfs: 'ramfs',
};

/** A VMA as an outcome lists it; throws for a kind that no scenario maps. */
export function layoutEntry(vma: Vma): LayoutEntry {
  const kind = LISTED_AS[kindName(vma)];
  if (kind === undefined) throw new Error(`no scenario maps ${kindName(vma)}`);
  return {
    start: startOf(vma),
    pages: pagesOf(vma),
    kind,
    prot: protName(vma),
    shared: isShared(vma),
    ...(kind === 'file' || kind === 'ramfs' ? { offset: offsetOf(vma) } : {}),
  };
}

/** Absolute, in VMAs and pages. */
interface Counters {
  readonly mapCount: number;
  readonly totalVm: number;
  readonly lockedVm: number;
  readonly committed: number;
}

/**
 * One scenario on the model: the window is the start of a larger address space, so that what is beyond
 * it is free and an address that the kernel picks is outside.
 */
export class Running {
  private vmas: Vmas = [];
  private accounts: Accounts = NO_CHANGE;
  /** Sizes of the shared anonymous objects that are mapped, by identity; each is charged whole until it is unmapped. */
  private readonly objects = new Map<number, number>();
  private readonly contents = new Contents();
  private distances = AT_HOME;
  /** Where moves went whose place the kernel chose: behind the window, and on a kernel anywhere. */
  private readonly placed: { readonly start: number; readonly end: number }[] = [];

  constructor(
    private readonly on: Machine,
    private readonly window: number,
  ) {}

  counters(): Counters {
    const objects = [...this.objects.values()];
    return {
      mapCount: this.vmas.length,
      totalVm: this.accounts.total,
      lockedVm: this.accounts.locked,
      committed: this.accounts.committed + objects.reduce((sum, pages) => sum + pages, 0),
    };
  }

  /** The VMAs as they are, those behind the window among them. */
  get space(): Vmas {
    return this.vmas;
  }

  /** What a call would do, here or on another release; throws ModelLimitError. */
  peek(call: Call, limits: Env, on: Machine = this.on): Outcome {
    return this.tried(on, call, limits).seen;
  }

  /** Makes a call; throws ModelLimitError, with nothing done. */
  perform(call: Call, limits: Env, observer?: Observer): Outcome {
    const { made, outcome, beyond, seen, distances } = this.tried(this.on, call, limits, observer);
    this.commit(made, outcome, beyond);
    this.distances = distances;
    return seen;
  }

  /** @returns the call as far as it gets, how it ends by its steps, and how the caller sees it end */
  private tried(on: Machine, call: Call, limits: Env, observer?: Observer) {
    const beyond = this.firstBeyond(call);
    // What is written is written up to there.
    const made =
      call.call === 'touch' && beyond !== undefined ? { ...call, len: beyond - call.addr } : call;
    const outcome = run(on, limits, this.vmas, FRAMES, made, { observer });
    checkRoom(made, outcome, this.window);
    this.checkPlaced(made);
    const distances = distancesAfter(this.distances, outcome.vmas, outcome.pages);
    const seen =
      beyond === undefined || outcome.result < 0
        ? outcome
        : { ...outcome, result: call.call === 'touch' ? -Errno.EFAULT : -Errno.ENOMEM };
    return { made, outcome, beyond, seen, distances };
  }

  /** Refuses a call that reaches behind the window and meets there what a kernel has elsewhere. Throws ModelLimitError. */
  private checkPlaced(call: Call): void {
    if (call.call !== 'mremap') return;
    const start = targetOf(call);
    const end = start + call.newLen;
    if (this.placed.some((one) => start < one.end && one.start < end)) {
      throw new ModelLimitError(
        'it meets a mapping behind the window whose place the kernel chose',
      );
    }
  }

  /**
   * Where touch() and mlock() meet SIGBUS: the first page that is mapped behind the end of its shared
   * anonymous object, since the mapping has grown and the object has not. The model's VMAs know no ends.
   */
  private firstBeyond(call: Call): number | undefined {
    if (call.call !== 'touch' && call.call !== 'mlock') return undefined;
    for (let page = call.addr; page < call.addr + call.len; page++) {
      const vma = vmaAt(this.vmas, page);
      if (vma === undefined || kindOf(vma) !== Kind.shm) continue;
      const size = this.objects.get(idOf(vma));
      if (size !== undefined && offsetOf(vma) + page - startOf(vma) >= size) return page;
    }
    return undefined;
  }

  /** @param beyond the page at which populating stops */
  private commit(call: Call, outcome: Outcome, beyond = MAX_PAGES): void {
    const before = this.vmas;
    this.vmas = outcome.vmas;
    this.accounts = addAccounts(this.accounts, outcome.accounts);
    this.contents.moved(outcome.pages);
    this.dropObjects();
    if (isPlaced(call, outcome) && outcome.result >= this.window) {
      this.placed.push({ start: outcome.result, end: outcome.result + call.newLen });
    }
    if (call.call === 'touch') this.write(call.addr, call.addr + call.len);
    if (call.call === 'mmap' && outcome.result >= 0) {
      const vma = vmaAt(this.vmas, call.addr) as Vma;
      this.contents.created(vma);
      if (kindOf(vma) === Kind.shm) this.objects.set(idOf(vma), pagesOf(vma));
    }
    for (const page of populatedPages(call, outcome, before)) {
      if (page < beyond) this.contents.populate(this.vmas, page);
    }
  }

  private dropObjects(): void {
    const mapped = new Set(this.vmas.filter((vma) => kindOf(vma) === Kind.shm).map(idOf));
    for (const id of this.objects.keys()) if (!mapped.has(id)) this.objects.delete(id);
  }

  /** Page p gets the byte p + 1, up to the first page that is not writable. */
  private write(start: number, end: number): void {
    for (let page = start; page < end; page++) {
      const vma = vmaAt(this.vmas, page);
      if (vma === undefined || !isWritable(vma)) return;
      this.contents.write(vma, page, page + 1);
    }
  }

  view(): WindowView {
    const data: Record<string, number> = {};
    for (let page = 0; page < this.window; page++) {
      const byte = this.contents.read(this.vmas, page);
      if (byte !== 0) data[page] = byte;
    }
    const inWindow = this.vmas.filter((vma) => startOf(vma) < this.window);
    return { layout: inWindow.map(layoutEntry), data };
  }

  resultOf(outcome: Outcome): CallResult {
    if (outcome.result < 0) return { errno: errnoName(-outcome.result) };
    return { ok: outcome.result < this.window ? outcome.result : 'outside' };
  }
}

const pagesFrom = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

/**
 * Pages that a call populates where they are locked: the range of an mlock() that succeeds, what a mapping
 * has grown by, and what mprotect() makes writable (__mm_populate, mprotect_fixup).
 */
function populatedPages(call: Call, { result }: Outcome, before: Vmas): number[] {
  if (call.call === 'mlock' && result >= 0) return pagesFrom(call.addr, call.addr + call.len);
  if (call.call === 'mremap' && result >= 0) {
    return pagesFrom(result + call.oldLen, result + call.newLen);
  }
  if (call.call !== 'mprotect') return [];
  return pagesFrom(call.addr, call.addr + call.len).filter((page) => {
    const vma = vmaAt(before, page);
    return vma !== undefined && !isWritable(vma);
  });
}

/** Where an mremap() would have its mapping, if it is not moved to where the kernel likes. */
const targetOf = ({ flags, addr, newAddr }: MremapCall): number =>
  (flags & (FIXED | DONTUNMAP)) === 0 ? addr : newAddr;

/** Whether a move has gone to where the kernel chose. */
const isPlaced = (call: Call, { result }: Outcome): call is MremapCall =>
  call.call === 'mremap' &&
  (call.flags & FIXED) === 0 &&
  result >= 0 &&
  result !== call.addr &&
  result !== targetOf(call);

/**
 * Refuses an outcome that rests on the end of the model's address space: a kernel's goes on behind the
 * window without an end that a scenario could meet. Throws ModelLimitError.
 */
function checkRoom(call: Call, outcome: Outcome, window: number): void {
  if (call.call !== 'mremap') return;
  const tooFar = targetOf(call) + call.newLen > MAX_PAGES;
  const insideWindow = isPlaced(call, outcome) && outcome.result < window;
  if (tooFar || insideWindow || outcome.step.name === chooseNewAddress.name) {
    throw new ModelLimitError(
      `no room behind the window in an address space of ${MAX_PAGES} pages`,
    );
  }
}

/** What the set-up of a scenario runs under. */
export const UNLIMITED: Env = unlimited(MAX_PAGES);
