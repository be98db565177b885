import { highestGap, isFree, replaceAt, vmaAt } from '../address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import {
  fail,
  type State,
  succeed,
  withAccounts,
  withCourse,
  withMovedPages,
  withVmas,
} from '../state.js';
import { DONTUNMAP_GIVEN, only, type Step } from '../step.js';
import {
  endOf,
  isAccounted,
  isAnonymous,
  isFaulted,
  isLocked,
  isShared,
  offsetOf,
  pagesOf,
  placeWord,
  startOf,
  VM_LOCKED,
  type Vma,
  withAccount,
  withFlags,
  withId,
} from '../vma.js';
import { sourceVma } from './lookup.js';
import { checkedSplit, populate, SPLIT_CHECK } from './modify.js';

const has = (s: State, flag: number): boolean => ((s.call as MremapCall).flags & flag) !== 0;

/** With DONTUNMAP alone the new address is a hint, taken where it is free; without either flag there is none. */
function chooseAddress(s: State): number | undefined {
  if (has(s, FIXED)) return s.newAddr;
  const hintEnd = s.newAddr + s.newLen;
  if (has(s, DONTUNMAP) && hintEnd <= s.env.taskEnd && isFree(s.vmas, s.newAddr, hintEnd)) {
    return s.newAddr;
  }
  return highestGap(s.vmas, s.newLen, s.env.taskEnd);
}

export const chooseNewAddress: Step = {
  name: 'choose-new-address',
  kernel: 'get_unmapped_area',
  does: 'takes the fixed address, a free hint, or the highest gap that is long enough',
  errnos: ['ENOMEM'],
  run: (s) => {
    const newAddr = chooseAddress(s);
    if (newAddr === undefined) return fail(s, Errno.ENOMEM);
    return newAddr === s.newAddr ? s : withCourse(s, { newAddr });
  },
};

/** The mapping as it will be at the destination. An unfaulted anonymous one is given the offset that fits there. */
function copyOf(s: State, vma: Vma): Vma {
  const rebased = isAnonymous(vma) && !isFaulted(vma);
  const offset = offsetOf(vma) + s.addr - startOf(vma);
  return placeWord(vma, s.newAddr, s.newLen, rebased ? 0 : offset - s.newAddr);
}

/**
 * The mapping appears at the destination, merged with what fits there.
 *
 * @param selfMerge whether a DONTUNMAP copy may merge with its own source, as it may up to v7.1
 */
export const copyVma = (
  rule: AnonMergeRule,
  { selfMerge = true }: { selfMerge?: boolean } = {},
): Step => ({
  name: 'copy-vma',
  kernel: 'copy_vma',
  does: 'maps the destination, merged with its neighbours where possible',
  run: (s) => {
    const vma = sourceVma(s);
    const apart = !selfMerge && has(s, DONTUNMAP) ? vma : undefined;
    const counted = withAccounts(s, { total: s.newLen });
    return withVmas(counted, insertMerging(s.vmas, copyOf(s, vma), rule, apart));
  },
});

export const movePageTables: Step = {
  name: 'move-page-tables',
  kernel: 'move_page_tables',
  does: 'moves the pages to the destination',
  run: (s) => withMovedPages(s, s.addr, s.newAddr, s.oldLen),
};

/** Whether the source is all of its VMA. After a merge of source and copy it never is. */
const isWholeVma = (s: State, vma: Vma): boolean =>
  startOf(vma) === s.addr && pagesOf(vma) === s.oldLen;

/** The pages that the copy adds to the charge: all with DONTUNMAP, else those by which it is longer. */
const growth = (s: State): number => (has(s, DONTUNMAP) ? s.newLen : s.newLen - s.oldLen);

/** v6.15 to v7.2 take the difference of the lengths as they were given, also where the tail is gone already. */
function staleGrowth(s: State): number {
  const { oldLen, newLen } = s.call as MremapCall;
  return has(s, DONTUNMAP) || s.several !== undefined ? growth(s) : Math.abs(newLen - oldLen);
}

const chargeWith = (pages: (s: State) => number, does: string): Step => ({
  name: 'charge-copy',
  kernel: 'security_vm_enough_memory_mm',
  does,
  run: (s) => (isAccounted(sourceVma(s)) ? withAccounts(s, { committed: pages(s) }) : s),
});

/** The commit charge of an accounted VMA. */
export const chargeCopy: Step = chargeWith(
  growth,
  'charges an accounted copy: what it grows by, or all of it with DONTUNMAP',
);
export const chargeStaleCopy: Step = chargeWith(
  staleGrowth,
  'charges an accounted copy: the difference of the lengths, also of a shrinking call, or all of it with DONTUNMAP',
);

/** A copy of a locked VMA is in locked_vm, and what it grew by is populated. */
export const lockCopy: Step = {
  name: 'lock-copy',
  kernel: 'move_vma',
  does: 'adds the copy of a locked VMA to locked_vm, and populates what it grew by',
  run: (s) => {
    const copy = vmaAt(s.vmas, s.newAddr);
    if (copy === undefined || !isLocked(copy)) return s;
    const grown = populate(s, s.newAddr + s.oldLen, s.newAddr + s.newLen);
    return withAccounts(grown, { locked: s.newLen });
  },
};

/** From 7.2 on a locked source of DONTUNMAP is split off first, so that the rest stays locked. */
export const splitLockedSource: readonly Step[] = only(
  DONTUNMAP_GIVEN,
  ...(['start', 'end'] as const).map(
    (edge): Step => ({
      name: `locked-source-split-${edge}`,
      kernel: 'split_vma',
      does: `splits a locked VMA at the ${edge} of the source, if a map slot is left`,
      errnos: ['ENOMEM'],
      count: SPLIT_CHECK,
      run: (s) =>
        isLocked(sourceVma(s)) ? checkedSplit(s, edge === 'start' ? s.addr : s.addr + s.oldLen) : s,
    }),
  ),
);

/** What DONTUNMAP leaves behind. */
function completeDontunmap(does: string, complete: (s: State, vma: Vma) => State): Step[] {
  return only(DONTUNMAP_GIVEN, {
    name: 'dontunmap-complete',
    kernel: 'dontunmap_complete',
    does,
    run: (s) => complete(s, sourceVma(s)),
  });
}

const replaceSource = (s: State, fresh: Vma): State =>
  fresh === sourceVma(s) ? s : withVmas(s, replaceAt(s.vmas, s.addr, fresh));

/** The source VMA, all of it, is not locked any more. */
const unlocked = (vma: Vma): Vma => withFlags(vma, VM_LOCKED, false);

/** Unlocked, and without its anon_vma if all of it was moved. */
const leftBehind = (s: State, vma: Vma): Vma =>
  unlocked(isWholeVma(s, vma) && !isShared(vma) ? withId(vma, 0) : vma);

/** v5.7 to v5.10: a source strictly inside an accounted VMA gives VM_ACCOUNT to the VMA after it, whichever that is. */
export const dontunmapAccountsNext: readonly Step[] = completeDontunmap(
  'unlocks the source VMA; marks the VMA behind it VM_ACCOUNT if the source is inside an accounted VMA',
  (s, vma) => {
    const inside = startOf(vma) < s.addr && s.addr + s.oldLen < endOf(vma);
    const next = s.vmas[s.vmas.indexOf(vma) + 1];
    const done = replaceSource(s, unlocked(vma));
    if (!inside || !isAccounted(vma) || next === undefined) return done;
    return withVmas(done, replaceAt(done.vmas, startOf(next), withAccount(next, true)));
  },
);

/** v5.11, v5.12: the accounting of the source is left alone. */
export const dontunmapUnlocks: readonly Step[] = completeDontunmap(
  'unlocks the source VMA',
  (s, vma) => replaceSource(s, unlocked(vma)),
);

/** v5.13: a VMA that was moved whole has no anon_vma any more, and keeps its page offset. */
export const dontunmapDropsAnonVma: readonly Step[] = completeDontunmap(
  'unlocks the source VMA; takes the anon_vma from a source that was moved whole',
  (s, vma) => replaceSource(s, leftBehind(s, vma)),
);

/** v6.15, v6.16: VM_ACCOUNT is lost too, on the whole VMA. */
export const dontunmapDropsAccount: readonly Step[] = completeDontunmap(
  'unlocks the source VMA, takes VM_ACCOUNT from it, and the anon_vma if it was moved whole',
  (s, vma) => replaceSource(s, withAccount(leftBehind(s, vma), false)),
);

/** v7.2: an anonymous VMA that was moved whole gets the page offset of a new one. */
export const dontunmapResetsOffset: readonly Step[] = completeDontunmap(
  'unlocks the source, takes the anon_vma from one that was moved whole and resets the page offset of an anonymous one',
  (s, vma) => {
    const left = leftBehind(s, vma);
    const whole = isWholeVma(s, vma) && isAnonymous(vma);
    return replaceSource(s, whole ? placeWord(left, startOf(vma), pagesOf(vma), 0) : left);
  },
);

/** The last step of a move of one VMA. */
export const moveDone: Step = {
  name: 'done-moved',
  kernel: 'move_vma',
  does: 'returns the new address',
  run: (s) => succeed(s, s.newAddr),
};
