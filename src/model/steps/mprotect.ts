import { findIndex, spliced, splitAt } from '../address-space.js';
import type { MprotectCall } from '../calls.js';
import { Errno } from '../errno.js';
import { type AnonMergeRule, merged, planMerge } from '../merge.js';
import { fail, headroom, type State, succeed, withVmas } from '../state.js';
import type { CountCheck, Step } from '../step.js';
import {
  endOf,
  isAccounted,
  isAnonymous,
  isFaulted,
  isShared,
  isWritable,
  Prot,
  reshaped,
  startOf,
  type Vma,
  withAccount,
  withProt,
} from '../vma.js';

/** Rules of mprotect() that changed between releases. */
export interface MprotectRules {
  readonly anonMerge: AnonMergeRule;
  /** An unfaulted anonymous VMA that becomes read-only is no longer accounted (6.7). */
  readonly readOnlyUnaccounts: boolean;
}

function protectedVma(vma: Vma, prot: Prot, rules: MprotectRules): Vma {
  const fresh = withProt(vma, prot);
  if (prot === Prot.rw) {
    const charge = !isShared(vma) && !isWritable(vma);
    return charge ? withAccount(fresh, true) : fresh;
  }
  const unaccount = rules.readOnlyUnaccounts && isAnonymous(vma) && !isFaulted(vma);
  return unaccount && isAccounted(vma) ? withAccount(fresh, false) : fresh;
}

/** One split; split_vma() asks for a free map slot. */
function checkedSplit(s: State, page: number): State {
  const vmas = splitAt(s.vmas, page);
  if (vmas === s.vmas) return s;
  return headroom(s) < 1 ? fail(s, Errno.ENOMEM) : withVmas(s, vmas);
}

/** [start, end) lies in one VMA: merge the changed part with a neighbour, or else split it off. */
function changeOne(s: State, start: number, end: number, prot: Prot, rules: MprotectRules): State {
  const i = findIndex(s.vmas, start);
  const vma = s.vmas[i] as Vma;
  if (prot === (isWritable(vma) ? Prot.rw : Prot.r)) return s;
  const fresh = reshaped(protectedVma(vma, prot, rules), start, end);
  const atStart = startOf(vma) === start;
  const atEnd = endOf(vma) === end;
  const plan = planMerge(
    fresh,
    atStart ? s.vmas[i - 1] : undefined,
    atEnd ? s.vmas[i + 1] : undefined,
    rules.anonMerge,
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
  const twice = once.result === s.result ? checkedSplit(once, end) : once;
  if (twice.result !== s.result) return twice;
  return withVmas(twice, spliced(twice.vmas, findIndex(twice.vmas, start), 1, [fresh]));
}

/** The VMAs of the range in turn, up to the first gap; a failing split ends the call, what is done stays done. */
function changeAll(s: State, rules: MprotectRules): State {
  const { addr, len, prot } = s.call as MprotectCall;
  const end = addr + len;
  let now = s;
  for (let page = addr; page < end; ) {
    const vma = now.vmas[findIndex(now.vmas, page)];
    if (vma === undefined || startOf(vma) > page) return now;
    const upTo = Math.min(endOf(vma), end);
    now = changeOne(now, page, upTo, Prot[prot], rules);
    if (now.result !== s.result) return now;
    page = upTo;
  }
  return now;
}

const hasGap = (s: State, { addr, len }: MprotectCall): boolean => {
  let page = addr;
  for (const vma of s.vmas) if (startOf(vma) <= page && page < endOf(vma)) page = endOf(vma);
  return page < addr + len;
};

const SPLIT_CHECK: CountCheck = { role: 'split', need: 1 };

/** mprotect(), with each split asking for a free map slot. */
export const mprotect = (rules: MprotectRules): readonly Step[] => [
  {
    name: 'mprotect',
    kernel: 'do_mprotect_pkey',
    does: 'changes each VMA of the range in turn, up to a gap: merged with a neighbour if possible, else split',
    errnos: ['ENOMEM'],
    count: SPLIT_CHECK,
    run: (s) => changeAll(s, rules),
  },
  {
    name: 'mprotect-gap',
    kernel: 'do_mprotect_pkey',
    does: 'refuses a range that is not mapped throughout, with what comes before the gap changed',
    errnos: ['ENOMEM'],
    run: (s) => (hasGap(s, s.call as MprotectCall) ? fail(s, Errno.ENOMEM) : succeed(s, 0)),
  },
];
