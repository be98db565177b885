import { highestGap, insert, isFree, replaceAt, vmaAt } from '../address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import {
  addAccounts,
  fail,
  hasFlag,
  type State,
  withAccounts,
  withCourse,
  withMapping,
  withMovedPages,
  withVmas,
} from '../state.js';
import { mayRefuse, returning, type Step } from '../step.js';
import {
  AWAY,
  endOf,
  isAccounted,
  isAnonymous,
  isArmed,
  isFaulted,
  isLocked,
  Kind,
  kindOf,
  offsetOf,
  placeWord,
  startOf,
  VM_UFFD,
  type Vma,
  withFlags,
} from '../vma.js';
import { chargeMayFail, mayCommit } from './limits.js';
import { sourceVma } from './lookup.js';
import { populate } from './modify.js';
import { mayVetoSplit } from './split.js';
import { SOURCE } from './unmap-range.js';

/** With DONTUNMAP alone the new address is a hint, taken where it is free; without either flag there is none. */
function chooseAddress(s: State): number | undefined {
  if (hasFlag(s, FIXED)) return s.newAddr;
  const hintEnd = s.newAddr + s.newLen;
  if (hasFlag(s, DONTUNMAP) && hintEnd <= s.env.taskEnd && isFree(s.vmas, s.newAddr, hintEnd)) {
    return s.newAddr;
  }
  return highestGap(s.vmas, s.newLen, s.env.taskEnd);
}

export const chooseNewAddress: Step = {
  name: 'choose-new-address',
  kernel: 'vrm_set_new_addr',
  does: 'takes the fixed address, a free hint, or the highest gap that is long enough',
  errnos: ['ENOMEM'],
  run: (s) => {
    const newAddr = chooseAddress(s);
    if (newAddr === undefined) return fail(s, Errno.ENOMEM);
    return newAddr === s.newAddr ? s : withCourse(s, { newAddr });
  },
};

/** The mapping as it will be at the destination. An unfaulted anonymous one is given the offset that fits there. */
function copyOf(s: State, vma: Vma, anonOffsets: boolean): Vma {
  const rebased = isAnonymous(vma) && !isFaulted(vma);
  const offset = offsetOf(vma) + s.addr - startOf(vma);
  const copy = placeWord(vma, s.newAddr, s.newLen, rebased ? 0 : offset - s.newAddr);
  return anonOffsets && kindOf(vma) === Kind.fpriv && isFaulted(vma)
    ? withFlags(copy, AWAY, true)
    : copy;
}

interface CopyRules {
  /**
   * What a DONTUNMAP copy beside its own source merges with: all that fits (up to v7.1), all but the source
   * (v7.2), or nothing, if the source is unwritten (stable 6.1).
   */
  readonly besideSource?: 'merges' | 'apart' | 'alone';
  /** Whether a copy merges although its source is registered with userfaultfd, as up to v7.2. */
  readonly armedMerges?: boolean;
  /**
   * Whether a copy that merges with unwritten memory loses its anon_vma, as it does up to 2.6.39 and from
   * 6.16 to 6.18.7 (CVE-2026-23077).
   */
  readonly dropsAnonVma?: boolean;
  /** Whether a private file mapping has a page offset of its anonymous pages too, which must continue (v7.3). */
  readonly anonOffsets?: boolean;
}

const BESIDE_SOURCE = {
  merges: '',
  apart: '; with DONTUNMAP not with its source',
  alone: '; with DONTUNMAP beside an unwritten source with nothing',
} as const;

/** Unwritten anonymous memory takes the offset of any place, so that it would merge with its copy. */
const isBesideUnwritten = ({ newAddr, newLen }: State, vma: Vma): boolean =>
  isAnonymous(vma) &&
  !isFaulted(vma) &&
  (newAddr === endOf(vma) || newAddr + newLen === startOf(vma));

/** The mapping appears at the destination, merged with what fits there. */
export const copyVma = (
  rule: AnonMergeRule,
  {
    besideSource = 'merges',
    armedMerges = true,
    dropsAnonVma = false,
    anonOffsets = false,
  }: CopyRules = {},
): Step => ({
  name: 'copy-vma',
  kernel: 'copy_vma',
  does:
    'maps the destination, merged with its neighbours where possible' +
    BESIDE_SOURCE[besideSource] +
    (armedMerges ? '' : '; not of a source that is registered with userfaultfd') +
    (dropsAnonVma ? '; beside unwritten memory its anon_vma is lost' : '') +
    (anonOffsets ? '; a written private file mapping with nothing unwritten' : ''),
  mayFail: [
    {
      ...mayRefuse('copy_vma', 'ENOMEM', () => true),
      fails: (s) => fail(withAccounts(s, { committed: -s.charged }), Errno.ENOMEM),
    },
  ],
  run: (s) => {
    const vma = sourceVma(s);
    const stays = hasFlag(s, DONTUNMAP);
    const apart = stays && besideSource === 'apart' ? vma : undefined;
    const copy = copyOf(s, vma, anonOffsets);
    const alone =
      (!armedMerges && isArmed(vma)) ||
      (stays && besideSource === 'alone' && isBesideUnwritten(s, vma));
    const vmas = alone
      ? insert(s.vmas, copy)
      : insertMerging(s.vmas, copy, rule, { apart, dropsAnonVma });
    return withMapping(s, vmas, { total: s.newLen });
  },
});

/**
 * What becomes of the charge for the copy when its page tables could not be moved: given back (up to
 * 5.10); given back unless DONTUNMAP makes that the part of the unmapping (5.11, and again 7.3); not
 * given back, but for DONTUNMAP (5.16).
 */
type UndoneCharge = 'returned' | 'returned-by-unmapping' | 'kept';

/** Source and destination change places: what is unmapped at the end is the destination. */
function undo(s: State, errno: Errno, charge: UndoneCharge): State {
  const returns =
    charge === 'returned' || (charge === 'returned-by-unmapping' && !hasFlag(s, DONTUNMAP));
  return withCourse(s, {
    addr: s.newAddr,
    oldLen: s.newLen,
    undoing: errno,
    accounts: returns ? addAccounts(s.accounts, { committed: -s.charged }) : s.accounts,
  });
}

/** @param ops what else may refuse when the pages have arrived: vm_ops->mremap has existed since 4.3 */
const moveTables = (charge: UndoneCharge, ops = true): Step => ({
  name: 'move-page-tables',
  kernel: 'move_page_tables',
  does: 'moves the pages to the destination',
  mayFail: [
    {
      kernel: 'alloc_new_pmd',
      errno: 'ENOMEM',
      times: (s) => (s.oldLen > 0 ? 1 : 0),
      fails: (s) => undo(s, Errno.ENOMEM, charge),
    },
    ...(ops
      ? [
          {
            kernel: 'vm_ops->mremap',
            errno: 'EINVAL' as const,
            times: (s: State) => (kindOf(sourceVma(s)) === Kind.special ? 1 : 0),
            fails: (s: State) => undo(s, Errno.EINVAL, charge),
          },
        ]
      : []),
  ],
  run: (s) => withMovedPages(s, s.addr, s.newAddr, s.oldLen),
});

/** As up to 4.2. */
export const movePageTablesOf2_6_12: Step = moveTables('returned', false);
/** Up to v5.10. */
export const movePageTables: Step = moveTables('returned');
/** v5.11 to v5.15, and v7.3. */
export const movePageTablesOf5_11: Step = moveTables('returned-by-unmapping');
/** v5.16 to v7.2: a growing move that fails here keeps the charge for what it would have grown by. */
export const movePageTablesKeepingCharge: Step = moveTables('kept');

/** The driver is asked before anything of the source changes (v5.11). */
export const askMaySplit: Step = {
  name: 'may-split',
  kernel: 'prep_move_vma',
  does: 'asks the driver of the VMA whether it may be split at the ends of the source',
  idleWithout: 'failures',
  mayFail: [mayVetoSplit(SOURCE.start), mayVetoSplit(SOURCE.end)],
  run: (s) => s,
};

/** Pages that several processes share by KSM are made their own (v2.6.32). */
export const unmergeKsm: Step = {
  name: 'unmerge-ksm',
  kernel: 'ksm_madvise',
  does: 'gives private anonymous memory pages of its own where KSM has merged them',
  idleWithout: 'failures',
  mayFail: [mayRefuse('ksm_madvise', 'ENOMEM', (s) => isAnonymous(sourceVma(s)))],
  run: (s) => s,
};

/** A copy is not registered with a userfaultfd that is not told of moves (v5.0); with what it has merged with. */
export const disarmCopy: Step = {
  name: 'disarm-copy',
  kernel: 'mremap_userfaultfd_prep',
  does: 'takes the copy, and what it has merged with, from a userfaultfd that is not told of moves',
  idleWithout: 'userfaultfd',
  run: (s) => {
    const copy = vmaAt(s.vmas, s.newAddr);
    if (s.undoing !== 0 || copy === undefined || !isArmed(copy)) return s;
    return withVmas(s, replaceAt(s.vmas, s.newAddr, withFlags(copy, VM_UFFD, false)));
  },
};

/** The pages that the copy adds to the charge: all with DONTUNMAP, else those by which it is longer. */
const growth = (s: State): number => (hasFlag(s, DONTUNMAP) ? s.newLen : s.newLen - s.oldLen);

/** v6.15 to v7.2 take the difference of the lengths that were asked for, also where the tail is gone already. */
function staleGrowth(s: State): number {
  const { oldLen, newLen } = s.call as MremapCall;
  return hasFlag(s, DONTUNMAP) || s.several !== undefined
    ? growth(s)
    : Math.abs(Math.ceil(newLen) - Math.ceil(oldLen));
}

/**
 * Adds the pages to the charge; `asks`: unless the commit limit forbids it. A charge of no pages is asked for
 * too, and refused where more is charged already than the limit allows.
 */
const chargeWith = (
  pages: (s: State) => number,
  asks: (s: State) => boolean,
  does: string,
): Step => {
  const isAsked = (s: State): boolean => isAccounted(sourceVma(s)) && asks(s);
  return {
    name: 'charge-copy',
    refusesOnlyFor: 'commitLimit',
    kernel: 'vrm_calc_charge',
    does,
    errnos: ['ENOMEM'],
    mayFail: [chargeMayFail((s) => isAsked(s) && pages(s) > 0)],
    run: (s) => {
      // A VMA moved before this one may have been charged.
      if (!isAccounted(sourceVma(s))) return s.charged === 0 ? s : withCourse(s, { charged: 0 });
      const charged = pages(s);
      if (isAsked(s) && !mayCommit(s, charged)) return fail(s, Errno.ENOMEM);
      return withCourse(s, {
        charged,
        accounts: addAccounts(s.accounts, { committed: charged }),
      });
    },
  };
};

const ALL_COPIES = 'charges an accounted copy: what it grows by, or all of it with DONTUNMAP';

const unasked = ({ errnos: _, refusesOnlyFor: __, mayFail: ___, ...step }: Step): Step => step;

/** Up to v5.10 nobody asks at this point: a growth has been asked for before, and DONTUNMAP never is. */
export const chargeCopyUnasked: Step = unasked(chargeWith(growth, () => false, ALL_COPIES));
/** v5.11 to v5.15: DONTUNMAP is asked for. */
export const chargeCopyOf5_11: Step = chargeWith(growth, (s) => hasFlag(s, DONTUNMAP), ALL_COPIES);
/** From v5.16 on all is charged here. */
export const chargeCopy: Step = chargeWith(growth, () => true, ALL_COPIES);
/** v6.15 to v7.2. */
export const chargeStaleCopy: Step = chargeWith(
  staleGrowth,
  () => true,
  'charges an accounted copy: the difference of the lengths, also of a shrinking call, or all of it with DONTUNMAP',
);

/** A copy of a locked VMA is in locked_vm, and what it grew by is populated. */
export const lockCopy: Step = {
  name: 'lock-copy',
  kernel: 'vrm_stat_account',
  does: 'adds the copy of a locked VMA to locked_vm, and populates what it grew by',
  idleWithout: 'locked mappings',
  run: (s) => {
    const copy = vmaAt(s.vmas, s.newAddr);
    if (copy === undefined || !isLocked(copy)) return s;
    // Undoing a move there is nothing to populate: the source is the destination then.
    const grown = populate(s, s.newAddr + s.oldLen, s.newAddr + s.newLen);
    return withAccounts(grown, { locked: s.newLen });
  },
};

/** The last step of a move of one VMA. */
export const moveDone: Step = returning(
  'done-moved',
  'move_vma',
  'returns the new address',
  (r) => r.newAddr,
);
