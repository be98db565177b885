import { findIndex, spliced, splitAt, type Vmas } from '../address-space.js';
import { Errno } from '../errno.js';
import { writeFault } from '../fault.js';
import { type AnonMergeRule, merged, planMerge } from '../merge.js';
import { fail, headroom, RUNNING, type State, withVmas } from '../state.js';
import type { CountCheck, Step } from '../step.js';
import { endOf, isLocked, isShared, isWritable, reshaped, startOf, type Vma } from '../vma.js';

/** Each split asks for a free map slot (split_vma). */
export const SPLIT_CHECK: CountCheck = { role: 'split', need: 1 };

/** One split; split_vma() asks for a free map slot. */
export function checkedSplit(s: State, page: number): State {
  const vmas = splitAt(s.vmas, page);
  if (vmas === s.vmas) return s;
  return headroom(s) < 1 ? fail(s, Errno.ENOMEM) : withVmas(s, vmas);
}

/** The part [start, end) of one VMA becomes `fresh`: merged with a neighbour, or else split off. */
function replacePart(s: State, fresh: Vma, rule: AnonMergeRule): State {
  const [start, end] = [startOf(fresh), endOf(fresh)];
  const i = findIndex(s.vmas, start);
  const vma = s.vmas[i] as Vma;
  const atStart = startOf(vma) === start;
  const atEnd = endOf(vma) === end;
  const plan = planMerge(
    fresh,
    atStart ? s.vmas[i - 1] : undefined,
    atEnd ? s.vmas[i + 1] : undefined,
    rule,
  );
  if (plan.prev !== undefined || plan.next !== undefined) {
    const first = plan.prev === undefined ? i : i - 1;
    const after = plan.next === undefined ? i + 1 : i + 2;
    const parts: Vma[] = [];
    if (!atStart) parts.push(reshaped(vma, startOf(vma), start));
    parts.push(merged(fresh, plan));
    if (!atEnd) parts.push(reshaped(vma, end, endOf(vma)));
    return withVmas(s, spliced(s.vmas, first, after - first, parts));
  }
  const once = checkedSplit(s, start);
  const twice = once.result === RUNNING ? checkedSplit(once, end) : once;
  if (twice.result !== RUNNING) return twice;
  return withVmas(twice, spliced(twice.vmas, findIndex(twice.vmas, start), 1, [fresh]));
}

/** What a call does to the VMAs of a range. */
export interface Change {
  /** The VMA as it is to be, or the errno that refuses it. */
  readonly to: (vma: Vma) => Vma | { readonly refused: Errno };
  /** What else changes when `pages` pages of `vma` have become `fresh`. */
  readonly also?: (s: State, vma: Vma, fresh: Vma, start: number, end: number) => State;
}

/**
 * Changes the VMAs of the range in turn, up to the first gap. A refused VMA or a failing split ends the
 * call, what is done stays done.
 */
export function changeRange(s: State, change: Change, rule: AnonMergeRule): State {
  const end = s.addr + s.oldLen;
  let now = s;
  for (let page = s.addr; page < end; ) {
    const vma = now.vmas[findIndex(now.vmas, page)];
    if (vma === undefined || startOf(vma) > page) return now;
    const upTo = Math.min(endOf(vma), end);
    const to = change.to(vma);
    if (typeof to === 'object') return fail(now, to.refused);
    if (to !== vma) {
      now = replacePart(now, reshaped(to, page, upTo), rule);
      if (now.result !== RUNNING) return now;
      now = change.also?.(now, vma, to, page, upTo) ?? now;
    }
    page = upTo;
  }
  return now;
}

/** Whether part of the call's range is not mapped. */
export function hasGap(s: State): boolean {
  let page = s.addr;
  for (const vma of s.vmas) if (startOf(vma) <= page && page < endOf(vma)) page = endOf(vma);
  return page < s.addr + s.oldLen;
}

/** A range with a gap is refused, with what comes before the gap changed. */
export const gapCheck = (call: string): Step => ({
  name: `${call}-gap`,
  kernel: `do_${call}`,
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
