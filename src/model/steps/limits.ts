import { Errno } from '../errno.js';
import { fail, type State } from '../state.js';
import { DONTUNMAP_GIVEN, type MayFail, mayRefuse, only, type Step } from '../step.js';
import { isAccounted, isLocked, mappedPages, pagesWith, VM_ACCOUNT, VM_LOCKED } from '../vma.js';
import { sourceVma } from './lookup.js';

/**
 * Checks of the limits of a process, in the terms of the VMAs that are there: the counters that the
 * kernel looks at say the same unless an earlier call has miscounted.
 */

/** Whether so many pages more may be mapped (may_expand_vm). */
const mayMap = (s: State, pages: number): boolean => mappedPages(s.vmas) + pages <= s.env.rlimitAs;

/** Whether so many pages more may be charged (security_vm_enough_memory_mm). */
export const mayCommit = (s: State, pages: number): boolean =>
  pagesWith(s.vmas, VM_ACCOUNT) + pages <= s.env.commitLimit;

const growth = (s: State): number => s.newLen - s.oldLen;

/** A charge may fail under the heuristic policy of overcommitting too. */
export const chargeMayFail = (met: (s: State) => boolean): MayFail =>
  mayRefuse('security_vm_enough_memory_mm', 'ENOMEM', met);

/** EAGAIN where a locked VMA would have more locked pages than RLIMIT_MEMLOCK allows. */
const lockedLimit: Step = {
  name: 'locked-limit',
  idleWithout: 'rlimitMemlock',
  kernel: 'check_prep_vma',
  does: 'refuses to grow a locked VMA beyond RLIMIT_MEMLOCK',
  errnos: ['EAGAIN'],
  run: (s) =>
    isLocked(sourceVma(s)) && pagesWith(s.vmas, VM_LOCKED) + growth(s) > s.env.rlimitMemlock
      ? fail(s, Errno.EAGAIN)
      : s,
};

const addressSpaceLimit: Step = {
  name: 'address-space-limit',
  idleWithout: 'rlimitAs',
  kernel: 'check_prep_vma',
  does: 'refuses to map more pages than RLIMIT_AS allows',
  errnos: ['ENOMEM'],
  run: (s) => (mayMap(s, growth(s)) ? s : fail(s, Errno.ENOMEM)),
};

/** What a growing call may not exceed, looked at before anything of it is done. */
export const growthLimits: readonly Step[] = [lockedLimit, addressSpaceLimit];

/** Up to v5.13 the pages that the call grows by are charged with these checks; a later error gives them back. */
export const growthCharge: Step = {
  name: 'charge-growth',
  idleWithout: 'commitLimit',
  kernel: 'vma_to_resize',
  does: 'refuses to grow an accounted VMA beyond the commit limit',
  errnos: ['ENOMEM'],
  mayFail: [chargeMayFail((s) => isAccounted(sourceVma(s)))],
  run: (s) => (isAccounted(sourceVma(s)) && !mayCommit(s, growth(s)) ? fail(s, Errno.ENOMEM) : s),
};

/** With DONTUNMAP all of the copy is mapped besides the source. */
export const dontunmapLimit: readonly Step[] = only(DONTUNMAP_GIVEN, {
  ...addressSpaceLimit,
  name: 'dontunmap-limit',
  kernel: 'mremap_to',
  does: 'refuses a copy beside its source beyond RLIMIT_AS',
  run: (s) => (mayMap(s, s.oldLen) ? s : fail(s, Errno.ENOMEM)),
});
