import { replaceAt, vmaAt } from '../address-space.js';
import { type State, withVmas } from '../state.js';
import { DONTUNMAP_GIVEN, only, type Step } from '../step.js';
import {
  endOf,
  isAccounted,
  isAnonymous,
  isLocked,
  isShared,
  pagesOf,
  placeWord,
  startOf,
  VM_LOCKED,
  type Vma,
  withAccount,
  withFlags,
  withoutAnonVma,
} from '../vma.js';
import { sourceVma } from './lookup.js';
import { checkedSplit, leavesMapSlot, SPLIT_CHECK, splitMayFail } from './split.js';
import { SOURCE } from './unmap-range.js';

/** From 7.2.11 on a locked source of DONTUNMAP is split off first, so that the rest stays locked. */
export const splitLockedSource: readonly Step[] = only(
  DONTUNMAP_GIVEN,
  ...(['start', 'end'] as const).map(
    (edge): Step => ({
      name: `locked-source-split-${edge}`,
      kernel: 'split_vma',
      does: `splits a locked VMA at the ${edge} of the source, if a map slot is left`,
      errnos: ['ENOMEM'],
      idleWithout: 'locked mappings',
      count: SPLIT_CHECK,
      mayFail: splitMayFail(SOURCE[edge], leavesMapSlot).map((point) => ({
        ...point,
        times: (s) => (isLocked(sourceVma(s)) ? point.times(s) : 0),
      })),
      run: (s) => (isLocked(sourceVma(s)) ? checkedSplit(s, SOURCE[edge](s)) : s),
    }),
  ),
);

/** Whether the source is all of its VMA. After a merge of source and copy it never is. */
const isWholeVma = (s: State, vma: Vma): boolean =>
  startOf(vma) === s.addr && pagesOf(vma) === s.oldLen;

/** What DONTUNMAP leaves behind. */
function completeDontunmap(
  does: string,
  complete: (s: State, vma: Vma) => State,
  declares: Pick<Step, 'tellsProtections'> = {},
): Step[] {
  return only(DONTUNMAP_GIVEN, {
    name: 'dontunmap-complete',
    kernel: 'dontunmap_complete',
    does,
    ...declares,
    run: (s) => (s.undoing === 0 ? complete(s, sourceVma(s)) : s),
  });
}

const replaceSource = (s: State, fresh: Vma): State =>
  fresh === sourceVma(s) ? s : withVmas(s, replaceAt(s.vmas, s.addr, fresh));

/** The source VMA, all of it, is not locked any more. */
const unlocked = (vma: Vma): Vma => withFlags(vma, VM_LOCKED, false);

/** Unlocked, and without its anon_vma if all of it was moved. */
const leftBehind = (s: State, vma: Vma): Vma =>
  unlocked(isWholeVma(s, vma) && !isShared(vma) ? withoutAnonVma(vma) : vma);

/**
 * v5.7 to v5.10: a source strictly inside an accounted VMA gives VM_ACCOUNT to the VMA after it, whichever
 * that is; not where the copy has merged with the source.
 */
export const dontunmapAccountsNext: readonly Step[] = completeDontunmap(
  'unlocks the source VMA; marks the VMA behind it VM_ACCOUNT if the source is inside an accounted VMA',
  (s, vma) => {
    const inside = startOf(vma) < s.addr && s.addr + s.oldLen < endOf(vma);
    const isCopy = vmaAt(s.vmas, s.newAddr) === vma;
    const next = s.vmas[s.vmas.indexOf(vma) + 1];
    const done = replaceSource(s, unlocked(vma));
    if (!inside || isCopy || !isAccounted(vma) || next === undefined) return done;
    return withVmas(done, replaceAt(done.vmas, startOf(next), withAccount(next, true)));
  },
  { tellsProtections: true },
);

/** v5.11: the accounting of the source is left alone. */
export const dontunmapUnlocks: readonly Step[] = completeDontunmap(
  'unlocks the source VMA',
  (s, vma) => replaceSource(s, unlocked(vma)),
);

/** v5.12: a VMA that was moved whole has no anon_vma any more, and keeps its page offset. */
export const dontunmapDropsAnonVma: readonly Step[] = completeDontunmap(
  'unlocks the source VMA; takes the anon_vma from a source that was moved whole',
  (s, vma) => replaceSource(s, leftBehind(s, vma)),
);

/** v6.15, v6.16: VM_ACCOUNT is lost too, on the whole VMA. */
export const dontunmapDropsAccount: readonly Step[] = completeDontunmap(
  'unlocks the source VMA, takes VM_ACCOUNT from it, and the anon_vma if it was moved whole',
  (s, vma) => replaceSource(s, withAccount(leftBehind(s, vma), false)),
  { tellsProtections: true },
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
