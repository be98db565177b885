import {
  findIndex,
  isFree,
  isStrictlyInside,
  removeWithin,
  type Vmas,
  vmaAt,
} from '../address-space.js';
import { DONTUNMAP, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import {
  type Accounts,
  fail,
  headroom,
  RUNNING,
  type State,
  withAccounts,
  withCourse,
  withoutRange,
  withVmas,
} from '../state.js';
import {
  type MayFail,
  mayRefuse,
  only,
  type Range,
  returning,
  type Step,
  UNMAPS_SOURCE,
} from '../step.js';
import {
  endOf,
  isAccounted,
  isLocked,
  isSealed,
  pagesOf,
  startOf,
  type Vma,
  withAccount,
} from '../vma.js';
import {
  checkedSplitOf2_6_12,
  leavesMapSlot,
  noMemoryForSplit,
  SPLIT_CHECK,
  split,
  splitMayFail,
} from './split.js';

const SOURCE: Range = {
  what: 'source',
  start: (s) => s.addr,
  end: (s) => s.addr + s.oldLen,
};
/** Of munmap() itself. */
const RANGE: Range = { ...SOURCE, what: 'range' };
export const DESTINATION: Range = {
  what: 'destination',
  start: (s) => s.newAddr,
  end: (s) => s.newAddr + s.newLen,
};
/** What a shorter new length leaves over of the source. */
const TAIL: Range = {
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
const countStep = (prefix: string, range: Range): Step => ({
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

const splitStep = (prefix: string, range: Range, edge: 'start' | 'end'): Step => ({
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
const sealStep = (prefix: string, range: Range, which: 'first' | 'further'): Step => ({
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
const rangeStep = (prefix: string, range: Range): Step => ({
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

const removeStep = (prefix: string, range: Range, { refund, gathers }: Removal): Step => ({
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

const keepsSourceMapped = (s: State): boolean => ((s.call as MremapCall).flags & DONTUNMAP) !== 0;

/**
 * What becomes of the commit charge when the source cannot be unmapped. VM_ACCOUNT is hidden from the
 * VMA meanwhile, and not put back then.
 *
 * - `rest`: what the VMA has beyond the source is given back (up to 5.10);
 * - `new-length`, `old-length`: so many pages are charged (5.11, 5.16);
 * - `any`: the old length is charged, also of a VMA that is not accounted (6.15);
 * - `if-unmapped`: as `old-length`, but when the source has been unmapped (6.5, 408579cd627a). When it
 *   cannot be, nothing is charged, and the kernel puts VM_ACCOUNT back on VMAs beside it: not modelled.
 */
type KeptCharge = 'rest' | 'new-length' | 'old-length' | 'any' | 'if-unmapped';

/** From 5.11 on VM_ACCOUNT is not hidden with DONTUNMAP, where it is the copy that goes after a failure. */
const hidesAccount = (s: State, rule: KeptCharge): boolean =>
  rule === 'rest' || !keepsSourceMapped(s);

function keptCharge(s: State, vma: Vma, rule: KeptCharge): number {
  if (rule === 'any') return s.oldLen;
  if (!isAccounted(vma) || !hidesAccount(s, rule)) return 0;
  if (rule === 'rest') return s.oldLen - pagesOf(vma);
  return rule === 'new-length' ? s.newLen : s.oldLen;
}

/** @param vma what the source was part of before anything of it was split */
function keepsCharge(s: State, vma: Vma, committed: number, rule: KeptCharge): State {
  const charged = withAccounts(s, { committed });
  if (!isAccounted(vma) || !hidesAccount(s, rule)) return charged;
  const isPart = (part: Vma): boolean => startOf(part) >= startOf(vma) && endOf(part) <= endOf(vma);
  return withVmas(
    charged,
    s.vmas.map((part) => (isPart(part) ? withAccount(part, false) : part)),
  );
}

/** @param vma what the source was part of before anything of it was split */
function keepSource(s: State, vma: Vma | undefined, rule: KeptCharge): State {
  const kept = withCourse(s, { sourceKept: true });
  if (vma === undefined) return kept;
  const committed = rule === 'if-unmapped' ? 0 : keptCharge(s, vma, rule);
  return keepsCharge(kept, vma, committed, rule);
}

/** A source that is gone is taken for one that could not be unmapped. What is left behind tells what it was. */
const takenForKept = ({ clears: _, ...step }: Step): Step => ({
  ...step,
  tellsProtections: true,
  does: `${step.does}; charges an accounted source once more, and takes VM_ACCOUNT from what is left of its VMA`,
  run: (s) => {
    const { unmapped } = s;
    const gone = step.run(s);
    if (unmapped === undefined) return gone;
    return keepsCharge(gone, unmapped, keptCharge(s, unmapped, 'if-unmapped'), 'if-unmapped');
  },
});

/** munmap() of length zero fails. */
const sourceLength = (rule: KeptCharge): Step => ({
  name: 'unmap-source-length-check',
  kernel: 'do_vmi_munmap',
  does: 'leaves a source of length zero mapped, without an error',
  run: (s) => {
    const vma = vmaAt(s.vmas, s.addr);
    if (s.oldLen === 0) return keepSource(s, vma, rule);
    return vma === undefined ? s : withCourse(s, { unmapped: vma });
  },
});

/** The step, whose refusal or failure leaves the source as it is then and goes on. */
function quiet({ errnos, within: _, mayFail = [], ...step }: Step, rule: KeptCharge): Step {
  const goesOn = (s: State, after: State): State =>
    after.result === RUNNING ? after : keepSource(s, s.unmapped, rule);
  const ends = errnos === undefined ? '' : '; the source then stays mapped, without an error';
  return {
    ...step,
    does: step.does + ends,
    mayFail: mayFail.map((point) => ({
      ...point,
      times: (s) => (s.sourceKept ? 0 : point.times(s)),
      fails: (s, time) => goesOn(s, point.fails(s, time)),
    })),
    run: (s) => (s.sourceKept ? s : goesOn(s, step.run(s))),
  };
}

/** A move that failed half way ends when its destination is gone. */
const endUndone: Step = {
  name: 'end-of-undoing',
  kernel: 'move_vma',
  does: 'returns the errno of a move that failed half way',
  idleWithout: 'failures',
  run: (s) => (s.undoing === 0 ? s : fail(s, s.undoing as Errno)),
};

/**
 * The end of a move without DONTUNMAP: an munmap of the source whose failure the caller never hears of,
 * so that both ranges stay mapped. The commit charge goes with the copy. No step asks whether the
 * source is sealed: it would not have been moved. After a failure half way it is the destination that
 * goes.
 */
function sourceSteps(rule: KeptCharge, splits: Splits, gathers: boolean): readonly Step[] {
  const refund = (s: State): boolean => !hidesAccount(s, rule);
  const removal = removeStep('unmap-source', SOURCE, { refund, gathers });
  const steps = [
    ...splits('unmap-source', SOURCE),
    rule === 'if-unmapped' ? takenForKept(removal) : removal,
  ];
  return only(UNMAPS_SOURCE, sourceLength(rule), ...steps.map((s) => quiet(s, rule)), endUndone);
}

/** What unmaps in a release: munmap() itself, and the parts of other calls that do as munmap() does. */
export interface Unmapping {
  readonly munmap: readonly Step[];
  /** What is at the destination of a move goes. */
  readonly destination: readonly Step[];
  /** The part of the source beyond a shorter new length goes. */
  readonly tail: readonly Step[];
  /** The source goes when it has been moved. */
  readonly source: (rule: KeptCharge) => readonly Step[];
  /** mmap(MAP_FIXED) up to the removal of what is there. */
  readonly mmapSplits: readonly Step[];
  readonly mmapRemove: Step;
}

/** The steps of an munmap up to the removal. */
type Splits = (prefix: string, range: Range) => readonly Step[];

const uncheckedSplits: Splits = (prefix, range) => [
  countStep(prefix, range),
  splitStep(prefix, range, 'start'),
  splitStep(prefix, range, 'end'),
];

/** A step that has more to refuse for than what the one given has. */
const alsoAtLimit = ({ refusesOnlyFor: _, ...step }: Step): Step => step;

/**
 * Up to 2.6.32 each split asks for a free map slot, and the second may fail with the first one made. No
 * driver is asked (31383c6865a5, v4.15).
 */
const checkedSplits: Splits = (prefix, range) =>
  (['start', 'end'] as const).map((edge) => ({
    ...alsoAtLimit(splitStep(prefix, range, edge)),
    kernel: 'split_vma',
    does: `splits the VMA across the ${edge} of the ${range.what}, if a map slot is left`,
    errnos: ['ENOMEM', 'EINVAL'],
    count: SPLIT_CHECK,
    mayFail: [noMemoryForSplit(range[edge], leavesMapSlot)],
    run: (s) => checkedSplitOf2_6_12(s, range[edge](s)),
  }));

/** 6.10 and 6.11 look through the whole range for a sealed VMA before anything else. */
const rangeUnsealed = (name: string, range: Range): Step => ({
  name,
  kernel: 'can_modify_mm',
  does: `refuses if any VMA of the ${range.what} is sealed`,
  errnos: ['EPERM'],
  idleWithout: 'sealed mappings',
  within: { action: 'seal-range', range },
  run: (s) => (meetsSealed(s.vmas, range.start(s), range.end(s)) ? fail(s, Errno.EPERM) : s),
});

const splitsOfUnsealedRange: Splits = (prefix, range) => [
  rangeUnsealed(`${prefix}-seal-range`, range),
  ...uncheckedSplits(prefix, range),
];

/** The same look through the source, before it is moved or resized. */
export const sourceRangeUnsealed: Step = rangeUnsealed('seal-range', SOURCE);

/** The same before a range is re-protected; if nothing is mapped at its start, that is found first. */
export const protectedRangeUnsealed: Step = {
  ...sourceRangeUnsealed,
  does: `${sourceRangeUnsealed.does}, unless nothing is mapped at its start`,
  within: { action: 'seal-range, if mapped', range: SOURCE },
  run: (s) => (vmaAt(s.vmas, s.addr) === undefined ? s : sourceRangeUnsealed.run(s)),
};

const splitsOfUnsealedVmas: Splits = (prefix, range) => [
  countStep(prefix, range),
  sealStep(prefix, range, 'first'),
  splitStep(prefix, range, 'start'),
  sealStep(prefix, range, 'further'),
  splitStep(prefix, range, 'end'),
];

interface UnmapRules {
  readonly splits: Splits;
  /** The VMAs are set aside before they are taken out, which takes memory (6.1). */
  readonly gathers?: boolean;
  /** The splits of the source, where they differ. */
  readonly sourceSplits?: Splits;
}

/** Nothing happens where the new length is not shorter in the end, as of huge pages. */
const unlessNoTail = (step: Step): Step => ({
  ...step,
  ...(step.mayFail === undefined
    ? {}
    : {
        mayFail: step.mayFail.map((point) => ({
          ...point,
          times: (s: State) => (s.newLen < s.oldLen ? point.times(s) : 0),
        })),
      }),
  run: (s) => (s.newLen < s.oldLen ? step.run(s) : s),
});

function unmapping({ splits, gathers = false, sourceSplits = splits }: UnmapRules): Unmapping {
  const removal: Removal = { refund: () => true, gathers };
  const whole = (prefix: string, range: Range): Step[] => [
    ...splits(prefix, range),
    removeStep(prefix, range, removal),
  ];
  return {
    munmap: [
      rangeStep('munmap', RANGE),
      ...whole('munmap', RANGE),
      returning('munmap-done', 'sys_munmap', 'returns 0', () => 0),
    ],
    destination: whole('unmap-destination', DESTINATION),
    tail: [rangeStep('unmap-tail', TAIL), ...whole('unmap-tail', TAIL)].map(unlessNoTail),
    source: (rule) => sourceSteps(rule, sourceSplits, gathers),
    mmapSplits: splits('mmap-unmap', DESTINATION),
    mmapRemove: removeStep('mmap-unmap', DESTINATION, removal),
  };
}

/** As up to 2.6.32. */
export const checkedUnmap = unmapping({ splits: checkedSplits });
/** Before mseal() there was nothing more to ask for. */
export const unsealedUnmap = unmapping({ splits: uncheckedSplits });
/** The same with a maple tree. */
export const gatheringUnmap = unmapping({ splits: uncheckedSplits, gathers: true });
/** The whole range is asked whether it is sealed (6.10). */
export const sealedRangeUnmap = unmapping({
  splits: splitsOfUnsealedRange,
  gathers: true,
  sourceSplits: uncheckedSplits,
});
/** Each VMA is asked whether it is sealed (6.12). */
export const sealedUnmap = unmapping({
  splits: splitsOfUnsealedVmas,
  gathers: true,
  sourceSplits: uncheckedSplits,
});
