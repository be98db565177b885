import { findIndex, spliced, type Vmas } from './address-space.js';
import {
  AWAY,
  endOf,
  idOf,
  isAway,
  isSpecial,
  reshaped,
  sameMapping,
  startOf,
  type Vma,
  withFlags,
  withId,
} from './vma.js';

/**
 * Whether a faulted range may join an unfaulted neighbour. From 3.0 to 6.15 only an unfaulted range
 * joins a faulted neighbour; up to 2.6.39, and from 6.16 on (879bca0a2c4f), it works both ways. A chain
 * of anon_vmas has always a single entry here, since the model does not fork. `next-first` is the first
 * rule in the form that mmap() has from 6.1 to 6.11: the next VMA is asked first, and the one before it
 * must then accept the anon_vma of the next; of two that do not agree the next is taken, and not the
 * one before.
 */
export type AnonMergeRule = 'unfaulted-joins-faulted' | 'either-way' | 'next-first';

const identitiesAgree = (range: Vma, neighbour: Vma, rule: AnonMergeRule): boolean => {
  const mine = idOf(range);
  const theirs = idOf(neighbour);
  // All that have one anon_vma were written at the same distance from where they map the file.
  if (mine === theirs) return true;
  if (isAway(range) || isAway(neighbour)) return false;
  return mine === 0 || (theirs === 0 && rule === 'either-way');
};

/** Whether both neighbours of a range that each would take it also agree with each other. */
const outerIdentitiesAgree = (prev: Vma, next: Vma): boolean =>
  idOf(prev) === idOf(next) || idOf(prev) === 0 || idOf(next) === 0;

/** Which neighbours a range merges with. */
export interface MergePlan {
  readonly prev: Vma | undefined;
  readonly next: Vma | undefined;
}

/**
 * The neighbours of `range` that it merges with: adjacent, equal in everything but position, with
 * anon_vmas that agree (vma_merge and its successors).
 *
 * @param prev the VMA before the range, if any may be considered
 * @param next the VMA after it
 */
export function planMerge(
  range: Vma,
  prev: Vma | undefined,
  next: Vma | undefined,
  rule: AnonMergeRule,
): MergePlan {
  const left =
    prev !== undefined &&
    endOf(prev) === startOf(range) &&
    !isSpecial(range) &&
    sameMapping(prev, range) &&
    identitiesAgree(range, prev, rule);
  const right =
    next !== undefined &&
    startOf(next) === endOf(range) &&
    !isSpecial(range) &&
    sameMapping(range, next) &&
    identitiesAgree(range, next, rule);
  if (left && right) {
    if (rule === 'next-first' && idOf(next) !== 0 && idOf(next) !== idOf(prev)) {
      return { prev: undefined, next };
    }
    return { prev, next: outerIdentitiesAgree(prev, next) ? next : undefined };
  }
  return { prev: left ? prev : undefined, next: right ? next : undefined };
}

/** What it merges with has continuing page offsets, and so it has come back. */
const isAtHome = (part: Vma | undefined): boolean => part !== undefined && !isAway(part);

/** The VMA that a merge results in; it has the anon_vma of whichever part has one. */
export function merged(range: Vma, plan: MergePlan): Vma {
  const id =
    idOf(range) ||
    (plan.prev === undefined ? 0 : idOf(plan.prev)) ||
    (plan.next === undefined ? 0 : idOf(plan.next));
  const start = plan.prev === undefined ? startOf(range) : startOf(plan.prev);
  const end = plan.next === undefined ? endOf(range) : endOf(plan.next);
  const whole = withId(reshaped(range, start, end), id);
  return isAway(whole) && [plan.prev, plan.next].some(isAtHome)
    ? withFlags(whole, AWAY, false)
    : whole;
}

interface InsertRules {
  /** A VMA that the range must not merge with (a DONTUNMAP source from 7.2.11 on). */
  readonly apart?: Vma | undefined;
  /** Where the range merges, its anon_vma is not passed on. */
  readonly dropsAnonVma?: boolean;
}

/** Puts `range` into free space, merged with its neighbours where the rules allow. */
export function insertMerging(
  vmas: Vmas,
  range: Vma,
  rule: AnonMergeRule,
  { apart, dropsAnonVma = false }: InsertRules = {},
): Vmas {
  const i = findIndex(vmas, startOf(range));
  const prev = i > 0 ? vmas[i - 1] : undefined;
  const next = vmas[i];
  const plan = planMerge(
    range,
    prev === apart ? undefined : prev,
    next === apart ? undefined : next,
    rule,
  );
  const first = plan.prev === undefined ? i : i - 1;
  const after = plan.next === undefined ? i : i + 1;
  const joining = dropsAnonVma && first < after ? withId(range, 0) : range;
  return spliced(vmas, first, after - first, [merged(joining, plan)]);
}
