import {
  findIndex,
  isFree,
  isStrictlyInside,
  removeWithin,
  type Vmas,
  vmaAt,
} from '../address-space.js';
import { Errno } from '../errno.js';
import { type Accounts, fail, headroom, type State, withoutRange } from '../state.js';
import { type MayFail, mayRefuse, type Range, type Step } from '../step.js';
import { isAccounted, isLocked, isSealed, pagesOf, startOf, type Vma } from '../vma.js';
import { split, splitMayFail } from './split.js';

export const SOURCE: Range = {
  what: 'source',
  start: (s) => s.addr,
  end: (s) => s.addr + s.oldLen,
};
/** Of munmap() itself. */
export const RANGE: Range = { ...SOURCE, what: 'range' };
export const DESTINATION: Range = {
  what: 'destination',
  start: (s) => s.newAddr,
  end: (s) => s.newAddr + s.newLen,
};
/** What a shorter new length leaves over of the source. */
export const TAIL: Range = {
  what: 'tail',
  start: (s) => s.addr + s.newLen,
  end: (s) => s.addr + s.oldLen,
};

/** Whether anything of a range is sealed, from its first page to its last; of nothing nothing is. */
function meetsSealed(vmas: Vmas, start: number, end: number): boolean {
  if (end <= start) return false;
  for (let i = findIndex(vmas, start); i < vmas.length; i++) {
    const vma = vmas[i] as Vma;
    if (startOf(vma) >= end) return false;
    if (isSealed(vma)) return true;
  }
  return false;
}

/** What unmapping [start, end) takes off the counters; VMAs lie within it or outside. */
export function chargesOf(vmas: Vmas, start: number, end: number, refund = true): Accounts {
  let total = 0;
  let locked = 0;
  let committed = 0;
  for (let i = findIndex(vmas, start); i < vmas.length; i++) {
    const vma = vmas[i] as Vma;
    if (startOf(vma) >= end) break;
    const pages = pagesOf(vma);
    total -= pages;
    if (isLocked(vma)) locked -= pages;
    if (refund && isAccounted(vma)) committed -= pages;
  }
  return { total, locked, committed };
}

/** map_count is looked at once, before any change (659ace584e7a, v2.6.33). */
export const countStep = (prefix: string, range: Range): Step => ({
  name: `${prefix}-count-check`,
  kernel: 'vms_gather_munmap_vmas',
  does: `refuses a hole inside one VMA if no map slot is left for the ${range.what}`,
  errnos: ['ENOMEM'],
  count: { role: 'unmap', need: 1 },
  within: { action: 'count-check', range },
  run: (s) =>
    headroom(s) < 1 && isStrictlyInside(s.vmas, range.start(s), range.end(s))
      ? fail(s, Errno.ENOMEM)
      : s,
});

export const splitStep = (prefix: string, range: Range, edge: 'start' | 'end'): Step => ({
  name: `${prefix}-split-${edge}`,
  kernel: '__split_vma',
  does: `splits the VMA across the ${edge} of the ${range.what}, whatever map_count is`,
  errnos: ['EINVAL'],
  refusesOnlyFor: 'huge pages',
  within: { action: `split-${edge}`, range },
  mayFail: splitMayFail(range[edge]),
  run: (s) => split(s, range[edge](s)),
});

/** From 6.12 on the first VMA is asked before it is split, the others one by one behind that split. */
export const sealStep = (prefix: string, range: Range, which: 'first' | 'further'): Step => ({
  name: `${prefix}-seal-${which}`,
  kernel: 'vms_gather_munmap_vmas',
  does:
    which === 'first'
      ? `refuses to split a sealed VMA at the start of the ${range.what}`
      : `refuses a sealed VMA in the ${range.what}; the split at its start stays`,
  errnos: ['EPERM'],
  idleWithout: 'sealed mappings',
  within: { action: `seal-${which}`, range },
  run: (s) => {
    const [start, end] = [range.start(s), range.end(s)];
    const sealed =
      which === 'first' ? isSplitAndSealed(s.vmas, start, end) : meetsSealed(s.vmas, start, end);
    return sealed ? fail(s, Errno.EPERM) : s;
  },
});

/** munmap() of nothing, or of what is beyond the task size, fails. */
export const rangeStep = (prefix: string, range: Range): Step => ({
  name: `${prefix}-range-check`,
  kernel: 'do_vmi_munmap',
  does: `refuses a ${range.what} that is empty, or ends beyond the task size`,
  errnos: ['EINVAL'],
  sees: 'arguments',
  within: { action: 'range-check', range },
  run: (s) => {
    const [start, end] = [range.start(s), range.end(s)];
    return end <= start || end > s.env.taskEnd ? fail(s, Errno.EINVAL) : s;
  },
});

function isSplitAndSealed(vmas: Vmas, start: number, end: number): boolean {
  const vma = vmaAt(vmas, start);
  return end > start && vma !== undefined && startOf(vma) < start && isSealed(vma);
}

/** A munmap() that must set the VMAs aside before it takes them out may have no memory for that (6.1). */
const GATHERING: MayFail = mayRefuse('mas_store_gfp', 'ENOMEM', () => true);

interface Removal {
  /** Whether the commit charge of what is removed is given back. */
  readonly refund: (s: State) => boolean;
  readonly gathers: boolean;
}

export const removeStep = (prefix: string, range: Range, { refund, gathers }: Removal): Step => ({
  name: `${prefix}-remove`,
  kernel: 'do_vmi_align_munmap',
  does: `removes the VMAs of the ${range.what} and their pages`,
  within: { action: 'remove', range },
  clears: range,
  ...(gathers
    ? {
        mayFail: [
          {
            ...GATHERING,
            times: (s: State) => (isFree(s.vmas, range.start(s), range.end(s)) ? 0 : 1),
          },
        ],
      }
    : {}),
  run: (s) => {
    const [start, end] = [range.start(s), range.end(s)];
    const vmas = removeWithin(s.vmas, start, end);
    if (vmas === s.vmas) return s;
    return withoutRange(s, vmas, start, end, chargesOf(s.vmas, start, end, refund(s)));
  },
});

/** 6.10 and 6.11 look through the whole range for a sealed VMA before anything else. */
export const rangeUnsealed = (name: string, range: Range): Step => ({
  name,
  kernel: 'can_modify_mm',
  does: `refuses if any VMA of the ${range.what} is sealed`,
  errnos: ['EPERM'],
  idleWithout: 'sealed mappings',
  within: { action: 'seal-range', range },
  run: (s) => (meetsSealed(s.vmas, range.start(s), range.end(s)) ? fail(s, Errno.EPERM) : s),
});

/** The steps of an munmap up to the removal. */
export type Splits = (prefix: string, range: Range) => readonly Step[];
