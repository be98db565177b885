import { Errno } from '../errno.js';
import type { AnonMergeRule } from '../merge.js';
import { fail, type State, succeed, withAccounts } from '../state.js';
import { returning, type Step } from '../step.js';
import {
  endOf,
  isLocked,
  isSpecial,
  pagesWith,
  startOf,
  VM_LOCKED,
  type Vma,
  withFlags,
} from '../vma.js';
import { changeRange, gapCheck, populate } from './modify.js';

/** VM_SPECIAL mappings and huge pages are never locked, without an error (mlock_fixup). */
const lockable = (vma: Vma): boolean => !isSpecial(vma);

/** mlock() or munlock(): the VMAs in turn, each split asking for a free map slot. */
const changeLock = (call: 'mlock' | 'munlock', rule: AnonMergeRule): Step => ({
  name: call,
  kernel: 'apply_vma_lock_flags',
  does: `${call === 'mlock' ? 'sets' : 'clears'} VM_LOCKED on each VMA of the range in turn, up to a gap`,
  errnos: ['ENOMEM'],
  ...changeRange(() => ({
    to: (vma) => (lockable(vma) ? withFlags(vma, VM_LOCKED, call === 'mlock') : vma),
    also: (now, _vma, _fresh, start, end) =>
      withAccounts(now, { locked: call === 'mlock' ? end - start : start - end }),
    rule,
  })),
});

/** Pages of the range that are not locked yet; what is not mapped is asked for too, as the kernel does (do_mlock). */
function newlyLocked(s: State): number {
  let locked = 0;
  for (const vma of s.vmas) if (isLocked(vma)) locked += overlap(s, vma);
  return s.oldLen - locked;
}

const overlap = (s: State, vma: Vma): number =>
  Math.max(0, Math.min(endOf(vma), s.addr + s.oldLen) - Math.max(startOf(vma), s.addr));

/** mlock(). */
export const mlock = (rule: AnonMergeRule): readonly Step[] => [
  {
    name: 'may-lock',
    idleWithout: 'rlimitMemlock',
    kernel: 'can_do_mlock',
    does: 'refuses if RLIMIT_MEMLOCK is 0',
    errnos: ['EPERM'],
    run: (s) => (s.env.rlimitMemlock === 0 ? fail(s, Errno.EPERM) : s),
  },
  {
    name: 'mlock-limit',
    idleWithout: 'rlimitMemlock',
    kernel: 'do_mlock',
    does: 'refuses to lock more pages than RLIMIT_MEMLOCK allows',
    errnos: ['ENOMEM'],
    run: (s) =>
      pagesWith(s.vmas, VM_LOCKED) + newlyLocked(s) > s.env.rlimitMemlock
        ? fail(s, Errno.ENOMEM)
        : s,
  },
  changeLock('mlock', rule),
  gapCheck('mlock', 'apply_vma_lock_flags'),
  {
    name: 'mlock-populate',
    kernel: '__mm_populate',
    does: 'writes to the private writable pages of the range, which gives them an anon_vma; returns 0',
    tellsProtections: true,
    run: (s) => succeed(populate(s, s.addr, s.addr + s.oldLen), 0),
  },
];

export const munlock = (rule: AnonMergeRule): readonly Step[] => [
  changeLock('munlock', rule),
  gapCheck('munlock', 'apply_vma_lock_flags'),
  returning('munlock-done', 'sys_munlock', 'returns 0', () => 0),
];
