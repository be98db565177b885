import { sameVmas } from '../invariants/untouched.js';
import type { Vmas } from '../model/address-space.js';
import { type Call, DONTUNMAP, FIXED, MAYMOVE } from '../model/calls.js';
import type { Machine } from '../model/plan.js';
import { CALL_NAMES, type Release } from '../model/release.js';
import { remembered } from '../model/remembered.js';
import { run } from '../model/run.js';
import { type Env, NOT_FOLLOWED, unlimited } from '../model/state.js';
import type { Step } from '../model/step.js';
import {
  displacementOf,
  endOf,
  isAccounted,
  isAnonymous,
  isArmed,
  isFaulted,
  isFile,
  isLocked,
  isSealed,
  isWritable,
  kindName,
  kindOf,
  ModelLimitError,
  offsetOf,
  type ProtName,
  protName,
  sameMapping,
  startOf,
  type Vma,
} from '../model/vma.js';
import { isAccountedAnyway } from './bounds.js';
import { Lists } from './reach/lists.js';
import { canonical } from './spaces.js';

/** How an address space comes about, or how far was searched for it. */
export interface HistorySearch {
  /** Calls from the empty window, the fewest of those that were tried; undefined if none lead there. */
  readonly calls: readonly Call[] | undefined;
  /** Whether every sequence of the calls tried was searched, so that undefined means that there is none. */
  readonly exhausted: boolean;
  readonly states: number;
}

/** Memory that has the page offset of another place, as only mremap() leaves it; files may be mapped so. */
const wasMoved = (vma: Vma): boolean => !isFile(kindOf(vma)) && displacementOf(vma) !== 0;

/** VM_ACCOUNT is other than mmap() and a write leave it. */
const isOddlyAccounted = (vma: Vma): boolean =>
  isAccounted(vma) !==
  isAccountedAnyway({ kind: kindName(vma), prot: protName(vma), populated: isFaulted(vma) });

/** As DONTUNMAP leaves its source, or what is beside it. */
const mayBeSource = (vma: Vma): boolean =>
  isOddlyAccounted(vma) || (wasMoved(vma) && !isFaulted(vma));

/** Where a VMA starts and ends, and where it did before it was moved. */
const bordersOf = (vma: Vma): number[] => {
  const now = [startOf(vma), endOf(vma)];
  return wasMoved(vma) ? [...now, ...now.map((page) => page + displacementOf(vma))] : now;
};

/** Pages at which something starts or ends: calls that begin and end there are most often enough. */
const borders = (target: Vmas, pages: number): number[] =>
  [...new Set([0, pages, ...target.flatMap(bordersOf)])]
    .filter((page) => page >= 0 && page <= pages)
    .sort((a, b) => a - b);

/** Protections that a VMA may have been mapped with: what is read-only and accounted was writable. */
const protsOf = (vma: Vma): readonly ProtName[] =>
  isAccounted(vma) && !isWritable(vma) ? ['r', 'rw'] : [protName(vma)];

const mapsLike = (vma: Vma, prot: ProtName, addr: number, len: number): Call => ({
  call: 'mmap',
  addr,
  len,
  kind: kindName(vma),
  prot,
  offset: isFile(kindOf(vma)) ? offsetOf(vma) + addr - startOf(vma) : 0,
});

const keyOf = (call: Call): string => JSON.stringify(call);

const MOVE = MAYMOVE | FIXED;

/** Side by side and alike: mmap() merges the second with the first, as DONTUNMAP does not. */
const isUnmerged = (vma: Vma, next: Vma | undefined): boolean =>
  next !== undefined && endOf(vma) === startOf(next) && isAnonymous(vma) && sameMapping(vma, next);

/** Flags of the moves that most often have led to an address space. */
const movesTo = (target: Vmas): number[] =>
  target.some(mayBeSource) ? [MOVE, MOVE | DONTUNMAP] : target.some(wasMoved) ? [MOVE] : [];

/** Flags of all moves that may have. */
const allMovesTo = (target: Vmas): number[] =>
  target.some((vma, i) => isUnmerged(vma, target[i + 1]))
    ? [MOVE, MOVE | DONTUNMAP]
    : movesTo(target);

/** Calls that may lead to the target, over ranges between these pages. */
function candidateCalls(
  target: Vmas,
  pages: number,
  edges: readonly number[],
  moves: readonly number[],
): Call[] {
  const calls = new Map<string, Call>();
  const add = (call: Call): void => {
    calls.set(keyOf(call), call);
  };
  for (const addr of edges) {
    for (const end of edges.filter((edge) => edge > addr)) {
      const range = { addr, len: end - addr };
      for (const vma of target) {
        for (const prot of protsOf(vma)) {
          const call = mapsLike(vma, prot, addr, end - addr);
          if (call.call === 'mmap' && call.offset >= 0) add(call);
        }
      }
      add({ call: 'munmap', ...range });
      add({ call: 'touch', ...range });
      add({ call: 'mprotect', ...range, prot: 'r' });
      add({ call: 'mprotect', ...range, prot: 'rw' });
      if (target.some(isLocked)) {
        add({ call: 'mlock', ...range });
        add({ call: 'munlock', ...range });
      }
      if (target.some(isSealed)) add({ call: 'mseal', ...range });
      if (target.some(isArmed)) add({ call: 'uffd', ...range });
      for (const flags of moves) {
        const { len: oldLen } = range;
        for (const newAddr of edges.filter((edge) => edge + oldLen <= pages)) {
          add({ call: 'mremap', addr, oldLen, newLen: oldLen, flags, newAddr });
        }
        // What was moved to where mmap() gives another page offset is made longer there.
        for (const newLen of edges.map((edge) => edge - addr).filter((len) => len > oldLen)) {
          add({ call: 'mremap', addr, oldLen, newLen, flags: 0, newAddr: 0 });
        }
      }
    }
  }
  return [...calls.values()];
}

/** Numbers for what steps do. */
const numbers = new Map<Step['run'], number>();

/** The same for steps that differ in their words alone. */
function deedOf({ run: does, repeatFrom = '' }: Step): string {
  const number = numbers.get(does) ?? numbers.size;
  numbers.set(does, number);
  return `${number}${repeatFrom}`;
}

/** By release: the calls that build, as what their steps do. Most releases have these in common. */
const builders = new WeakMap<Release, string>();

function buildersOf(release: Release): string {
  let steps = builders.get(release);
  if (steps === undefined) {
    steps = CALL_NAMES.filter((call) => call !== 'mremap')
      .map((call) => release.calls[call].map(deedOf))
      .join(';');
    builders.set(release, steps);
  }
  return steps;
}

const moverOf = (release: Release): string => release.calls.mremap.map(deedOf).join();

const histories = new Map<string, HistorySearch>();

/** How to search for a history. */
export interface HistoryOptions {
  /** By the calls alone that are most often enough: over ranges between the borders of the target. */
  readonly nearOnly?: boolean;
  /** Where the search gives up. */
  readonly mostStates?: number;
  /** Off searches anew. */
  readonly keeps?: boolean;
}

/**
 * Looks breadth-first for calls that build an address space from an empty window, with no limit in the
 * way. The calls are mmap, munmap, mprotect and touch, and mlock, munlock, mseal, uffd and moves where the
 * target has such VMAs: first over ranges between the borders of the target, then over all.
 * What was found is kept: releases and promises ask for the same address spaces.
 */
export function findHistory(
  on: Machine,
  target: Vmas,
  pages: number,
  { nearOnly = false, mostStates = 20_000, keeps = true }: HistoryOptions = {},
): HistorySearch {
  const goal = canonical(target);
  if (!keeps) return searched(on, goal, pages, mostStates, nearOnly);
  const mover = allMovesTo(goal).length > 0 ? moverOf(on.release) : '';
  const key = [buildersOf(on.release), mover, goal, pages, mostStates, nearOnly].join('|');
  return remembered(histories, key, () => searched(on, goal, pages, mostStates, nearOnly));
}

function searched(
  on: Machine,
  goal: Vmas,
  pages: number,
  mostStates: number,
  nearOnly: boolean,
): HistorySearch {
  const near = candidateCalls(goal, pages, borders(goal, pages), movesTo(goal));
  const first = search(on, goal, pages, near, mostStates);
  if (first.calls !== undefined || nearOnly) return first;
  const everywhere = Array.from({ length: pages + 1 }, (_, page) => page);
  const all = candidateCalls(goal, pages, everywhere, allMovesTo(goal));
  if (all.length === near.length) return first;
  const second = search(on, goal, pages, all, mostStates);
  return { ...second, states: first.states + second.states };
}

/** The outcome of a call that succeeds, and leaves what a VMA word can hold. */
function made(on: Machine, limits: Env, before: Vmas, call: Call): Vmas | undefined {
  try {
    const { result, vmas } = run(on, limits, before, NOT_FOLLOWED, call);
    return result < 0 ? undefined : canonical(vmas);
  } catch (error) {
    if (error instanceof ModelLimitError) return undefined;
    throw error;
  }
}

/** Pages from where something is mapped to where its page offset says. */
const furthest = (vmas: Vmas): number =>
  vmas.reduce((most, vma) => Math.max(most, Math.abs(displacementOf(vma))), 0);

/** Breadth-first, by some calls. */
function search(
  on: Machine,
  goal: Vmas,
  pages: number,
  calls: readonly Call[],
  mostStates: number,
): HistorySearch {
  const limits = unlimited(pages);
  const far = Math.max(pages, furthest(goal));
  const store = new Lists<Vma>();
  const from: { readonly state: number; readonly call: Call }[] = [];
  store.add([]);
  if (goal.length === 0) return { calls: [], exhausted: true, states: 1 };
  for (let state = 0; state < store.size && store.size < mostStates; state++) {
    const before = store.get(state);
    for (const call of calls) {
      const after = made(on, limits, before, call);
      // Moves take page offsets ever further; what is needed was at most once across the window.
      if (after === undefined || furthest(after) > far) continue;
      const fresh = store.size;
      if (store.add(after) !== fresh) continue;
      from[fresh] = { state, call };
      if (sameVmas(after, goal)) {
        const path: Call[] = [];
        for (let at = fresh; at > 0; ) {
          const step = from[at];
          if (step === undefined) throw new Error('a state without a predecessor');
          path.push(step.call);
          at = step.state;
        }
        return { calls: path.reverse(), exhausted: false, states: store.size };
      }
    }
  }
  return { calls: undefined, exhausted: store.size < mostStates, states: store.size };
}
