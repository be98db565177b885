import type { MprotectCall } from '../calls.js';
import { Errno } from '../errno.js';
import type { AnonMergeRule } from '../merge.js';
import { fail, type State, withAccounts } from '../state.js';
import { inKernel, returning, type Step } from '../step.js';
import {
  endOf,
  isAccounted,
  isAnonymous,
  isFaulted,
  isSealed,
  isShared,
  isWritable,
  Prot,
  startOf,
  type Vma,
  withAccount,
  withProt,
} from '../vma.js';
import { mayCommit } from './limits.js';
import { changeRange, gapCheck, populate } from './modify.js';
import { protectedRangeUnsealed } from './seal.js';

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

/** Pages of the range that become accounted with a VMA. */
const chargeOf = (s: State, vma: Vma, fresh: Vma): number =>
  isAccounted(fresh) && !isAccounted(vma)
    ? Math.min(endOf(vma), s.addr + s.oldLen) - Math.max(startOf(vma), s.addr)
    : 0;

const protOf = (s: State): Prot => Prot[(s.call as MprotectCall).prot];

/** Whether what comes before any gap has a VMA that still has another protection. */
function isUnfinished(s: State): boolean {
  let page = s.addr;
  for (const vma of s.vmas) {
    if (endOf(vma) <= page || startOf(vma) >= s.addr + s.oldLen) continue;
    if (startOf(vma) > page) return false;
    if (isWritable(vma) !== (protOf(s) === Prot.rw)) return true;
    page = endOf(vma);
  }
  return false;
}

/** A step of its own, so that only what asks for map slots refuses for want of them. */
const chargeCheck: Step = {
  name: 'mprotect-charge',
  idleWithout: 'commitLimit',
  kernel: 'mprotect_fixup',
  does: 'refuses what would exceed the commit limit, with what comes before it changed',
  errnos: ['ENOMEM'],
  run: (s) => (isUnfinished(s) ? fail(s, Errno.ENOMEM) : s),
};

/** mprotect(), with each split asking for a free map slot. */
export const mprotect = (rules: MprotectRules): readonly Step[] => [
  ...(rules.sealedRange === true ? inKernel('do_mprotect_pkey', protectedRangeUnsealed) : []),
  {
    name: 'mprotect',
    kernel: 'do_mprotect_pkey',
    does: 'changes each VMA of the range in turn, up to a gap or the commit limit: merged with a neighbour if possible, else split',
    errnos: ['EPERM', 'ENOMEM', 'EINVAL'],
    tellsProtections: true,
    ...changeRange((s) => ({
      to: (vma, now) => {
        if (isSealed(vma)) return { refused: Errno.EPERM };
        const fresh = protectedVma(vma, protOf(s), rules);
        const charge = chargeOf(now, vma, fresh);
        return charge > 0 && !mayCommit(now, charge) ? undefined : fresh;
      },
      also: (now, vma, fresh, start, end) => {
        const charge = Number(isAccounted(fresh)) - Number(isAccounted(vma));
        return populate(withAccounts(now, { committed: charge * (end - start) }), start, end);
      },
      rule: rules.anonMerge,
    })),
  },
  chargeCheck,
  gapCheck('mprotect', 'do_mprotect_pkey'),
  returning('mprotect-done', 'do_mprotect_pkey', 'returns 0', () => 0),
];
