import type { MprotectCall } from '../calls.js';
import { Errno } from '../errno.js';
import type { AnonMergeRule } from '../merge.js';
import { succeed, withAccounts } from '../state.js';
import { inKernel, type Step } from '../step.js';
import {
  isAccounted,
  isAnonymous,
  isFaulted,
  isSealed,
  isShared,
  isWritable,
  Prot,
  type Vma,
  withAccount,
  withProt,
} from '../vma.js';
import { changeRange, gapCheck, populate, SPLIT_CHECK } from './modify.js';
import { sourceRangeUnsealed } from './unmap.js';

/** Rules of mprotect() that changed between releases. */
export interface MprotectRules {
  readonly anonMerge: AnonMergeRule;
  /** An unfaulted anonymous VMA that becomes read-only is no longer accounted (6.7). */
  readonly readOnlyUnaccounts: boolean;
  /** The whole range is asked whether it is sealed before anything is changed (6.10, 6.11). */
  readonly sealedRange?: true;
}

function protectedVma(vma: Vma, prot: Prot, rules: MprotectRules): Vma {
  if (prot === (isWritable(vma) ? Prot.rw : Prot.r)) return vma;
  const fresh = withProt(vma, prot);
  if (prot === Prot.rw) return isShared(vma) ? fresh : withAccount(fresh, true);
  const unaccount = rules.readOnlyUnaccounts && isAnonymous(vma) && !isFaulted(vma);
  return unaccount ? withAccount(fresh, false) : fresh;
}

/** mprotect(), with each split asking for a free map slot. */
export const mprotect = (rules: MprotectRules): readonly Step[] => [
  ...(rules.sealedRange === true ? inKernel('do_mprotect_pkey', sourceRangeUnsealed) : []),
  {
    name: 'mprotect',
    kernel: 'do_mprotect_pkey',
    does: 'changes each VMA of the range in turn, up to a gap: merged with a neighbour if possible, else split',
    errnos: ['EPERM', 'ENOMEM'],
    count: SPLIT_CHECK,
    run: (s) => {
      const prot = Prot[(s.call as MprotectCall).prot];
      return changeRange(
        s,
        {
          to: (vma) => (isSealed(vma) ? { refused: Errno.EPERM } : protectedVma(vma, prot, rules)),
          also: (now, vma, fresh, start, end) => {
            const charge = Number(isAccounted(fresh)) - Number(isAccounted(vma));
            return populate(withAccounts(now, { committed: charge * (end - start) }), start, end);
          },
        },
        rules.anonMerge,
      );
    },
  },
  gapCheck('mprotect'),
  {
    name: 'mprotect-done',
    kernel: 'do_mprotect_pkey',
    does: 'returns 0',
    run: (s) => succeed(s, 0),
  },
];
