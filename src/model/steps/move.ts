import { highestGap, isFree, replaceAt } from '../address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import { fail, type State, succeed, withCourse, withMovedPages, withVmas } from '../state.js';
import { DONTUNMAP_GIVEN, only, type Step } from '../step.js';
import {
  endOf,
  isAccounted,
  isAnonymous,
  isFaulted,
  isShared,
  offsetOf,
  pagesOf,
  placeWord,
  startOf,
  type Vma,
  withAccount,
  withId,
} from '../vma.js';
import { sourceVma } from './lookup.js';

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
    return withVmas(s, insertMerging(s.vmas, copyOf(s, vma), rule, apart));
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

const dropAnonVma = (s: State, vma: Vma): Vma =>
  isWholeVma(s, vma) && !isShared(vma) ? withId(vma, 0) : vma;

/** v5.7 to v5.10: a source strictly inside an accounted VMA gives VM_ACCOUNT to the VMA after it, whichever that is. */
export const dontunmapAccountsNext: readonly Step[] = completeDontunmap(
  'keeps the source as it is; marks the VMA behind it VM_ACCOUNT if the source is inside an accounted VMA',
  (s, vma) => {
    const inside = startOf(vma) < s.addr && s.addr + s.oldLen < endOf(vma);
    const next = s.vmas[s.vmas.indexOf(vma) + 1];
    if (!inside || !isAccounted(vma) || next === undefined) return s;
    return withVmas(s, replaceAt(s.vmas, startOf(next), withAccount(next, true)));
  },
);

/** v5.13: a VMA that was moved whole has no anon_vma any more, and keeps its page offset. */
export const dontunmapDropsAnonVma: readonly Step[] = completeDontunmap(
  'takes the anon_vma from a source that was moved whole',
  (s, vma) => replaceSource(s, dropAnonVma(s, vma)),
);

/** v6.15, v6.16: VM_ACCOUNT is lost too, on the whole VMA. */
export const dontunmapDropsAccount: readonly Step[] = completeDontunmap(
  'takes VM_ACCOUNT from the source VMA, and the anon_vma if it was moved whole',
  (s, vma) => replaceSource(s, withAccount(dropAnonVma(s, vma), false)),
);

/** v7.2: an anonymous VMA that was moved whole gets the page offset of a new one. */
export const dontunmapResetsOffset: readonly Step[] = completeDontunmap(
  'takes the anon_vma from a source that was moved whole and resets the page offset of an anonymous one',
  (s, vma) => {
    const dropped = dropAnonVma(s, vma);
    const whole = isWholeVma(s, vma) && isAnonymous(vma);
    return replaceSource(s, whole ? placeWord(dropped, startOf(vma), pagesOf(vma), 0) : dropped);
  },
);

/** The last step of a move of one VMA. */
export const moveDone: Step = {
  name: 'done-moved',
  kernel: 'move_vma',
  does: 'returns the new address',
  run: (s) => succeed(s, s.newAddr),
};
