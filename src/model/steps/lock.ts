import type { AnonMergeRule } from '../merge.js';
import { succeed, withAccounts } from '../state.js';
import type { Step } from '../step.js';
import { VM_LOCKED, withFlags } from '../vma.js';
import { changeRange, gapCheck, populate, SPLIT_CHECK } from './modify.js';

/** mlock() or munlock(): the VMAs in turn, each split asking for a free map slot. */
const changeLock = (call: 'mlock' | 'munlock', rule: AnonMergeRule): Step => ({
  name: call,
  kernel: 'apply_vma_lock_flags',
  does: `${call === 'mlock' ? 'sets' : 'clears'} VM_LOCKED on each VMA of the range in turn, up to a gap`,
  errnos: ['ENOMEM'],
  count: SPLIT_CHECK,
  run: (s) =>
    changeRange(
      s,
      {
        to: (vma) => withFlags(vma, VM_LOCKED, call === 'mlock'),
        also: (now, _vma, _fresh, start, end) =>
          withAccounts(now, { locked: call === 'mlock' ? end - start : start - end }),
      },
      rule,
    ),
});

/** mlock() by a caller without a limit on locked memory. */
export const mlock = (rule: AnonMergeRule): readonly Step[] => [
  changeLock('mlock', rule),
  gapCheck('mlock'),
  {
    name: 'mlock-populate',
    kernel: '__mm_populate',
    does: 'writes to the private writable pages of the range, which gives them an anon_vma; returns 0',
    run: (s) => succeed(populate(s, s.addr, s.addr + s.oldLen), 0),
  },
];

export const munlock = (rule: AnonMergeRule): readonly Step[] => [
  changeLock('munlock', rule),
  gapCheck('munlock'),
  { name: 'munlock-done', kernel: 'do_munlock', does: 'returns 0', run: (s) => succeed(s, 0) },
];
