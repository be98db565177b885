import { findIndex, insert, isFree, removeWithin } from '../address-space.js';
import type { MmapCall } from '../calls.js';
import { Errno, type ErrnoName } from '../errno.js';
import { unusedId } from '../fault.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import { fail, type State, withCourse, withMapping, withoutRange, withVmas } from '../state.js';
import { mayRefuse, returning, type Step } from '../step.js';
import {
  endOf,
  HUGE,
  isAccounted,
  isFile,
  isObject,
  Kind,
  makeVma,
  mappedPages,
  Prot,
  pagesOf,
  startOf,
  VM_ACCOUNT,
  type Vma,
} from '../vma.js';
import { mmapCountCheck } from './counts.js';
import { chargeMayFail, mayCommit } from './limits.js';
import type { Unmapping } from './unmap.js';
import { chargesOf, DESTINATION } from './unmap-range.js';

/** Private and writable: the pages are charged. */
const accountable = (s: State): boolean => {
  const { kind, prot } = s.call as MmapCall;
  return Kind[kind] < Kind.fshared && prot === 'rw';
};

/** The mapping that the call asks for. Each one of memory that is shared, and of no file, is an object of its own. */
function requested(s: State): Vma {
  const call = s.call as MmapCall;
  const kind = Kind[call.kind];
  return makeVma({
    start: s.newAddr,
    pages: s.newLen,
    kind,
    prot: Prot[call.prot],
    displacement: kind === Kind.anon ? 0 : (isFile(kind) ? call.offset : 0) - s.newAddr,
    id: isObject(kind) ? unusedId(s.vmas, kind) : 0,
    flags: accountable(s) ? VM_ACCOUNT : 0,
  });
}

/** The new VMA, charged if it is accounted. A new object has nothing to merge with. */
function place(s: State, rule: AnonMergeRule): State {
  const vma = requested(s);
  const alone = isObject(Kind[(s.call as MmapCall).kind]);
  const vmas = alone ? insert(s.vmas, vma) : insertMerging(s.vmas, vma, rule);
  const pages = pagesOf(vma);
  return withMapping(s, vmas, { total: pages, committed: isAccounted(vma) ? pages : 0 });
}

/** A mapping of huge pages is some of them, from the start of one. */
const wholeHugePages: Step = {
  name: 'mmap-huge-pages',
  idleWithout: 'huge pages',
  kernel: 'hugetlb_get_unmapped_area',
  does: 'rounds the length of a mapping of huge pages up; refuses an address out of line, or one that does not fit then',
  errnos: ['EINVAL', 'ENOMEM'],
  run: (s) => {
    if ((s.call as MmapCall).kind !== 'hugetlb') return s;
    if (s.newAddr % HUGE !== 0) return fail(s, Errno.EINVAL);
    const newLen = Math.ceil(s.newLen / HUGE) * HUGE;
    if (s.newAddr + newLen > s.env.taskEnd) return fail(s, Errno.ENOMEM);
    return withCourse(s, { oldLen: newLen, newLen });
  },
};

/** Pages of the range that are mapped already, by VMAs of which all is true that is asked. */
function pagesReplaced(s: State, counts: (vma: Vma) => boolean): number {
  let pages = 0;
  const end = s.newAddr + s.newLen;
  for (let i = findIndex(s.vmas, s.newAddr); i < s.vmas.length; i++) {
    const vma = s.vmas[i] as Vma;
    if (startOf(vma) >= end) break;
    if (counts(vma)) pages += Math.min(endOf(vma), end) - Math.max(startOf(vma), s.newAddr);
  }
  return pages;
}

/** RLIMIT_AS; what is replaced does not count twice. */
const mmapLimit: Step = {
  name: 'mmap-limit',
  idleWithout: 'rlimitAs',
  kernel: '__mmap_region',
  does: 'refuses to map more pages than RLIMIT_AS allows',
  errnos: ['ENOMEM'],
  run: (s) =>
    mappedPages(s.vmas) - pagesReplaced(s, () => true) + s.newLen > s.env.rlimitAs
      ? fail(s, Errno.ENOMEM)
      : s,
};

/** What is replaced need not be charged again, where it is there still. */
const newlyCharged = (s: State): number => s.newLen - pagesReplaced(s, isAccounted);

const mmapCharge: Step = {
  name: 'mmap-charge',
  idleWithout: 'commitLimit',
  kernel: '__mmap_region',
  does: 'refuses an accounted mapping beyond the commit limit',
  errnos: ['ENOMEM'],
  mayFail: [chargeMayFail((s) => accountable(s) && newlyCharged(s) > 0)],
  run: (s) => {
    const charge = accountable(s) ? newlyCharged(s) : 0;
    return charge > 0 && !mayCommit(s, charge) ? fail(s, Errno.ENOMEM) : s;
  },
};

/** There may be no memory for the VMA. */
const NO_VMA = mayRefuse('vm_area_alloc', 'ENOMEM', () => true);

const mapNew = (rule: AnonMergeRule): Step => ({
  name: 'mmap-insert',
  kernel: 'mmap_region',
  does: 'maps the range, merged with its neighbours where possible',
  mayFail: [NO_VMA],
  run: (s) => place(s, rule),
});

const done: Step = returning('mmap-done', 'do_mmap', 'returns the address', (r) => r.newAddr);

/** Up to v6.11 mmap() says ENOMEM of whatever keeps munmap() from unmapping the range, but for a seal. */
function sayingNoMemory(step: Step): Step {
  const name = (errno: ErrnoName): ErrnoName => (errno === 'EINVAL' ? 'ENOMEM' : errno);
  const said = (s: State): State => (s.result === -Errno.EINVAL ? fail(s, Errno.ENOMEM) : s);
  const { within } = step;
  const differs = step.errnos?.includes('EINVAL') === true && within !== undefined;
  return {
    ...step,
    // A search takes equal actions on equal ranges for the same, also those of other calls.
    ...(differs ? { within: { ...within, action: `${within.action}, or ENOMEM` } } : {}),
    ...(step.errnos === undefined ? {} : { errnos: [...new Set(step.errnos.map(name))] }),
    mayFail: (step.mayFail ?? []).map((point) => ({
      ...point,
      errno: name(point.errno),
      fails: (s, time) => said(point.fails(s, time)),
    })),
    run: (s) => said(step.run(s)),
  };
}

/**
 * Up to v6.11 the range is unmapped, then the new VMA comes: what fails between leaves a hole.
 *
 * @param limitAfterUnmap RLIMIT_AS is looked at between the two (before e8420a8ece80, v3.10)
 */
export const mmapAfterUnmap = (
  rule: AnonMergeRule,
  unmap: Unmapping,
  limitAfterUnmap = false,
): readonly Step[] => [
  mmapCountCheck,
  wholeHugePages,
  ...(limitAfterUnmap ? [] : [mmapLimit]),
  ...unmap.mmapSplits.map(sayingNoMemory),
  unmap.mmapRemove,
  ...(limitAfterUnmap ? [mmapLimit] : []),
  mmapCharge,
  mapNew(rule),
  done,
];

/** The range is empty; `refund`: what was charged for it is given back. */
function cleared(s: State, refund: boolean): State {
  const [start, end] = [s.newAddr, s.newAddr + s.newLen];
  const vmas = removeWithin(s.vmas, start, end);
  return withoutRange(s, vmas, start, end, chargesOf(s.vmas, start, end, refund));
}

/** What is to be replaced is set aside before anything is refused that the new VMA takes. */
const gather: Step = {
  name: 'mmap-gather',
  kernel: 'vms_gather_munmap_vmas',
  does: 'sets aside what is in the range',
  idleWithout: 'failures',
  mayFail: [
    mayRefuse('mas_store_gfp', 'ENOMEM', (s) => !isFree(s.vmas, s.newAddr, s.newAddr + s.newLen)),
  ],
  run: (s) => s,
};

/**
 * From v6.12 on the new VMA is counted before those that it replaces are taken off: map_count peaks
 * one higher. What fails before that leaves the splits, and what fails then a hole.
 *
 * @param failureKeepsCharge of an accounted mapping for which there is no VMA the charge of what it was to
 * replace is not given back, since that was to be part of its own (up to v7.2)
 */
export const mmapBeforeUnmap = (
  rule: AnonMergeRule,
  unmap: Unmapping,
  failureKeepsCharge: boolean,
): readonly Step[] => [
  mmapCountCheck,
  wholeHugePages,
  ...unmap.mmapSplits,
  gather,
  mmapLimit,
  mmapCharge,
  {
    name: 'mmap-replace',
    kernel: '__mmap_region',
    does: 'maps the range in place of what is there, which is still counted',
    clears: DESTINATION,
    countsCleared: true,
    mayFail: [
      {
        ...NO_VMA,
        fails: (s) => fail(cleared(s, !(failureKeepsCharge && accountable(s))), Errno.ENOMEM),
      },
    ],
    run: (s) => {
      const hole = cleared(s, true);
      const removed = s.vmas.length - hole.vmas.length;
      const mapped = place(hole, rule);
      return withVmas(mapped, mapped.vmas, mapped.mapCount + removed);
    },
  },
  {
    name: 'mmap-complete',
    kernel: 'vms_complete_munmap_vmas',
    does: 'takes what was replaced off map_count',
    run: (s) => withVmas(s, s.vmas, s.vmas.length),
  },
  done,
];
