import { findIndex, spliced, type Vmas } from '../address-space.js';
import { Errno } from '../errno.js';
import { writeFault } from '../fault.js';
import { type AnonMergeRule, type MergePlan, merged, planMerge } from '../merge.js';
import { fail, RUNNING, type State, withVmas } from '../state.js';
import type { Step } from '../step.js';
import { endOf, isLocked, isShared, isWritable, reshaped, startOf, type Vma } from '../vma.js';
import { checkedSplit, SPLIT_CHECK } from './split.js';

/** Splits made by one call, of which one may be told to fail for want of memory. */
class Splits {
  made = 0;

  constructor(private readonly failing = -1) {}

  at(s: State, page: number): State {
    const after = checkedSplit(s, page);
    if (after === s || after.result !== RUNNING) return after;
    return this.made++ === this.failing ? fail(s, Errno.ENOMEM) : after;
  }
}

const NO_MERGE: MergePlan = { prev: undefined, next: undefined };

/** The part [start, end) of one VMA becomes `fresh`: merged with a neighbour if there is a rule, or else split off. */
function replacePart(s: State, fresh: Vma, rule: AnonMergeRule | undefined, splits: Splits): State {
  const [start, end] = [startOf(fresh), endOf(fresh)];
  const i = findIndex(s.vmas, start);
  const vma = s.vmas[i] as Vma;
  const atStart = startOf(vma) === start;
  const atEnd = endOf(vma) === end;
  const prev = atStart ? s.vmas[i - 1] : undefined;
  const next = atEnd ? s.vmas[i + 1] : undefined;
  const plan = rule === undefined ? NO_MERGE : planMerge(fresh, prev, next, rule);
  if (plan.prev !== undefined || plan.next !== undefined) {
    const first = plan.prev === undefined ? i : i - 1;
    const after = plan.next === undefined ? i + 1 : i + 2;
    const parts: Vma[] = [];
    if (!atStart) parts.push(reshaped(vma, startOf(vma), start));
    parts.push(merged(fresh, plan));
    if (!atEnd) parts.push(reshaped(vma, end, endOf(vma)));
    return withVmas(s, spliced(s.vmas, first, after - first, parts));
  }
  const once = splits.at(s, start);
  const twice = once.result === RUNNING ? splits.at(once, end) : once;
  if (twice.result !== RUNNING) return twice;
  return withVmas(twice, spliced(twice.vmas, findIndex(twice.vmas, start), 1, [fresh]));
}

/** What a call does to the VMAs of a range. */
export interface Change {
  /** The VMA as it is to be, or the errno that refuses it; undefined where a later step refuses it. */
  readonly to: (vma: Vma, s: State) => Vma | { readonly refused: Errno } | undefined;
  /** What else changes when `pages` pages of `vma` have become `fresh`. */
  readonly also?: (s: State, vma: Vma, fresh: Vma, start: number, end: number) => State;
  readonly rule: AnonMergeRule;
  /** Goes on behind a gap. */
  readonly overGaps?: true;
  /**
   * Where a VMA has merged with the next, the one behind that is taken to begin where the first ended,
   * and merges with nothing (mseal() from 6.17 to 6.18.20 and 6.19.10, 2697dd8ae721).
   */
  readonly losesPlace?: boolean;
}

/**
 * Changes the VMAs of the range in turn, up to the first gap. A refused VMA or a failing split ends the
 * call, what is done stays done.
 */
function changeWith(s: State, change: Change, splits: Splits): State {
  const end = s.addr + s.oldLen;
  let now = s;
  let hasLostPlace = false;
  for (let page = s.addr; page < end; ) {
    const vma = now.vmas[findIndex(now.vmas, page)];
    if (vma === undefined) return now;
    if (startOf(vma) > page) {
      if (change.overGaps !== true) return now;
      page = startOf(vma);
      continue;
    }
    const upTo = Math.min(endOf(vma), end);
    const to = change.to(vma, now);
    if (to === undefined) return now;
    if (typeof to === 'object') return fail(now, to.refused);
    if (to !== vma) {
      const rule = hasLostPlace ? undefined : change.rule;
      now = replacePart(now, reshaped(to, page, upTo), rule, splits);
      if (now.result !== RUNNING) return now;
      hasLostPlace =
        change.losesPlace === true && endOf(now.vmas[findIndex(now.vmas, page)] as Vma) > upTo;
      now = change.also?.(now, vma, to, page, upTo) ?? now;
    } else if (startOf(vma) === page) {
      // Not so for the rest of a VMA that has merged.
      hasLostPlace = false;
    }
    page = upTo;
  }
  return now;
}

/** What a step does that changes the VMAs of its range in turn, with a point of failure in each of its splits. */
export const changeRange = (
  change: (s: State) => Change,
): Required<Pick<Step, 'count' | 'mayFail' | 'run'>> => ({
  count: SPLIT_CHECK,
  mayFail: [
    {
      kernel: 'vm_area_dup',
      errno: 'ENOMEM',
      times: (s) => {
        const splits = new Splits();
        changeWith(s, change(s), splits);
        return splits.made;
      },
      fails: (s, time) => changeWith(s, change(s), new Splits(time)),
    },
  ],
  run: (s) => changeWith(s, change(s), new Splits()),
});

/** Whether part of the call's range is not mapped. */
export function hasGap(s: State): boolean {
  let page = s.addr;
  for (const vma of s.vmas) if (startOf(vma) <= page && page < endOf(vma)) page = endOf(vma);
  return page < s.addr + s.oldLen;
}

/** A range with a gap is refused, with what comes before the gap changed. */
export const gapCheck = (call: string, kernel: string): Step => ({
  name: `${call}-gap`,
  kernel,
  does: 'refuses a range that is not mapped throughout, with what comes before the gap changed',
  errnos: ['ENOMEM'],
  run: (s) => (hasGap(s) ? fail(s, Errno.ENOMEM) : s),
});

/** Locked private memory that is writable is written to in advance: it gets an anon_vma. */
export function populate(s: State, start: number, end: number): State {
  let vmas: Vmas = s.vmas;
  for (let page = start; page < end; page++) {
    const vma = vmas[findIndex(vmas, page)];
    if (vma === undefined || startOf(vma) > page) continue;
    if (isLocked(vma) && !isShared(vma) && isWritable(vma)) vmas = writeFault(vmas, page) ?? vmas;
  }
  return withVmas(s, vmas);
}
