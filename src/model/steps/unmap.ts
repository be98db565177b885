import {
  findIndex,
  isStrictlyInside,
  removeWithin,
  replaceAt,
  splitAt,
  type Vmas,
  vmaAt,
} from '../address-space.js';
import { Errno } from '../errno.js';
import {
  fail,
  headroom,
  RUNNING,
  type State,
  succeed,
  withAccounts,
  withCourse,
  withoutPages,
  withVmas,
} from '../state.js';
import { only, type Step, UNMAPS_SOURCE } from '../step.js';
import {
  isAccounted,
  isLocked,
  isSealed,
  pagesOf,
  startOf,
  type Vma,
  withAccount,
} from '../vma.js';
import { checkedSplit, SPLIT_CHECK } from './modify.js';

/** A range that a call unmaps, in pages. */
interface Range {
  readonly what: string;
  readonly start: (s: State) => number;
  readonly end: (s: State) => number;
}

const SOURCE: Range = {
  what: 'source',
  start: (s) => s.addr,
  end: (s) => s.addr + s.oldLen,
};
const DESTINATION: Range = {
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

/** Whether anything of a range is sealed, from its first page to its last. */
function meetsSealed(vmas: Vmas, start: number, end: number): boolean {
  for (let i = findIndex(vmas, start); i < vmas.length; i++) {
    const vma = vmas[i] as Vma;
    if (startOf(vma) >= end) return false;
    if (isSealed(vma)) return true;
  }
  return false;
}

/** The counters without what is unmapped in [start, end). */
export function withoutCharges(s: State, start: number, end: number, refund = true): State {
  let total = 0;
  let locked = 0;
  let committed = 0;
  for (let i = findIndex(s.vmas, start); i < s.vmas.length; i++) {
    const vma = s.vmas[i] as Vma;
    if (startOf(vma) >= end) break;
    total -= pagesOf(vma);
    if (isLocked(vma)) locked -= pagesOf(vma);
    if (refund && isAccounted(vma)) committed -= pagesOf(vma);
  }
  return total === 0 ? s : withAccounts(s, { total, locked, committed });
}

/** map_count is looked at once, before any change (659ace584e7a, v2.6.33). */
const countStep = (prefix: string, range: Range): Step => ({
  name: `${prefix}-count-check`,
  kernel: 'do_munmap',
  does: `refuses a hole inside one VMA if no map slot is left for the ${range.what}`,
  errnos: ['ENOMEM'],
  count: { role: 'unmap', need: 1 },
  run: (s) =>
    headroom(s) < 1 && isStrictlyInside(s.vmas, range.start(s), range.end(s))
      ? fail(s, Errno.ENOMEM)
      : s,
});

const splitStep = (prefix: string, range: Range, edge: 'start' | 'end'): Step => ({
  name: `${prefix}-split-${edge}`,
  kernel: '__split_vma',
  does: `splits the VMA across the ${edge} of the ${range.what}, whatever map_count is`,
  run: (s) => withVmas(s, splitAt(s.vmas, range[edge](s))),
});

/** From 6.12 on the first VMA is asked before it is split, the others one by one behind that split. */
const sealStep = (prefix: string, range: Range, which: 'first' | 'further'): Step => ({
  name: `${prefix}-seal-${which}`,
  kernel: 'can_modify_vma',
  does:
    which === 'first'
      ? `refuses to split a sealed VMA at the start of the ${range.what}`
      : `refuses a sealed VMA in the ${range.what}; the split at its start stays`,
  errnos: ['EPERM'],
  run: (s) => {
    const [start, end] = [range.start(s), range.end(s)];
    const sealed =
      which === 'first'
        ? isSplitAndSealed(s.vmas, start, end)
        : end > start && meetsSealed(s.vmas, start, end);
    return sealed ? fail(s, Errno.EPERM) : s;
  },
});

function isSplitAndSealed(vmas: Vmas, start: number, end: number): boolean {
  const vma = vmaAt(vmas, start);
  return end > start && vma !== undefined && startOf(vma) < start && isSealed(vma);
}

const removeStep = (prefix: string, range: Range, refund: boolean): Step => ({
  name: `${prefix}-remove`,
  kernel: 'unmap_region',
  does: `removes the VMAs of the ${range.what} and their pages`,
  run: (s) => {
    const [start, end] = [range.start(s), range.end(s)];
    const vmas = removeWithin(s.vmas, start, end);
    if (vmas === s.vmas) return s;
    return withoutPages(withVmas(withoutCharges(s, start, end, refund), vmas), start, end);
  },
});

/**
 * VM_ACCOUNT is hidden from the VMA while its source range is unmapped, and not put back on failure;
 * what the VMA has beyond the source is given back (up to 5.10; no later release gets here by itself).
 */
function keepSource(s: State): State {
  const vma = vmaAt(s.vmas, s.addr);
  const kept = withCourse(s, { sourceKept: true });
  if (vma === undefined || !isAccounted(vma)) return kept;
  const refunded = withAccounts(kept, { committed: s.oldLen - pagesOf(vma) });
  return withVmas(refunded, replaceAt(s.vmas, s.addr, withAccount(vma, false)));
}

/** munmap() of length zero fails. */
const sourceLength: Step = {
  name: 'unmap-source-length-check',
  kernel: 'do_munmap',
  does: 'leaves a source of length zero mapped, without an error',
  run: (s) => (s.oldLen === 0 ? keepSource(s) : s),
};

const unlessKept = (step: Step): Step => ({
  ...step,
  run: (s) => (s.sourceKept ? s : step.run(s)),
});

/**
 * The end of a move without DONTUNMAP: an munmap of the source whose failure the caller never hears of,
 * so that both ranges stay mapped. The commit charge goes with the copy. No step asks whether the
 * source is sealed: it would not have been moved.
 */
function unmapSource(): Step[] {
  const check = countStep('unmap-source', SOURCE);
  const { errnos: _, ...quiet } = check;
  const steps: Step[] = [
    {
      ...quiet,
      does: 'leaves the source mapped, without an error, if it is inside one VMA and no map slot is left',
      run: (s) => (check.run(s).result === s.result ? s : keepSource(s)),
    },
    splitStep('unmap-source', SOURCE, 'start'),
    splitStep('unmap-source', SOURCE, 'end'),
    removeStep('unmap-source', SOURCE, false),
  ];
  return only(UNMAPS_SOURCE, sourceLength, ...steps.map(unlessKept));
}

/** The same up to 2.6.32: a split that finds no map slot ends it, and one made before it stays. */
function unmapSourceChecked(): Step[] {
  const quietSplit = (edge: 'start' | 'end'): Step => {
    const { errnos: _, ...step } = splitStep('unmap-source', SOURCE, edge);
    return {
      ...step,
      kernel: 'split_vma',
      count: SPLIT_CHECK,
      does: `splits the VMA across the ${edge} of the source; leaves it mapped, without an error, if no map slot is left`,
      run: (s) => {
        const split = checkedSplit(s, SOURCE[edge](s));
        return split.result === RUNNING ? split : keepSource(s);
      },
    };
  };
  const steps = [quietSplit('start'), quietSplit('end'), removeStep('unmap-source', SOURCE, false)];
  return only(UNMAPS_SOURCE, sourceLength, ...steps.map(unlessKept));
}

/** What unmaps in a release: munmap() itself, and the parts of other calls that do as munmap() does. */
export interface Unmapping {
  readonly munmap: readonly Step[];
  /** What is at the destination of a move goes. */
  readonly destination: readonly Step[];
  /** The part of the source beyond a shorter new length goes. */
  readonly tail: readonly Step[];
  /** The source goes when it has been moved. */
  readonly source: readonly Step[];
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

/** Up to 2.6.32 each split asks for a free map slot, and the second may fail with the first one made. */
const checkedSplits: Splits = (prefix, range) =>
  (['start', 'end'] as const).map((edge) => ({
    ...splitStep(prefix, range, edge),
    kernel: 'split_vma',
    does: `splits the VMA across the ${edge} of the ${range.what}, if a map slot is left`,
    errnos: ['ENOMEM'],
    count: SPLIT_CHECK,
    run: (s) => checkedSplit(s, range[edge](s)),
  }));

/** 6.10 and 6.11 look through the whole range for a sealed VMA before anything else. */
const rangeUnsealed = (name: string, range: Range): Step => ({
  name,
  kernel: 'can_modify_mm',
  does: `refuses if any VMA of the ${range.what} is sealed`,
  errnos: ['EPERM'],
  run: (s) => (meetsSealed(s.vmas, range.start(s), range.end(s)) ? fail(s, Errno.EPERM) : s),
});

const splitsOfUnsealedRange: Splits = (prefix, range) => [
  rangeUnsealed(`${prefix}-seal-range`, range),
  ...uncheckedSplits(prefix, range),
];

/** The same look through the source, before it is moved, resized or re-protected. */
export const sourceRangeUnsealed: Step = rangeUnsealed('seal-range', SOURCE);

const splitsOfUnsealedVmas: Splits = (prefix, range) => [
  countStep(prefix, range),
  sealStep(prefix, range, 'first'),
  splitStep(prefix, range, 'start'),
  sealStep(prefix, range, 'further'),
  splitStep(prefix, range, 'end'),
];

function unmapping(splits: Splits, source: readonly Step[] = unmapSource()): Unmapping {
  const whole = (prefix: string, range: Range): Step[] => [
    ...splits(prefix, range),
    removeStep(prefix, range, true),
  ];
  return {
    munmap: [
      ...whole('munmap', SOURCE),
      { name: 'munmap-done', kernel: 'do_munmap', does: 'returns 0', run: (s) => succeed(s, 0) },
    ],
    destination: whole('unmap-destination', DESTINATION),
    tail: whole('unmap-tail', TAIL),
    source,
    mmapSplits: splits('mmap-unmap', DESTINATION),
    mmapRemove: removeStep('mmap-unmap', DESTINATION, true),
  };
}

/** As up to 2.6.32. */
export const checkedUnmap: Unmapping = unmapping(checkedSplits, unmapSourceChecked());
/** Before mseal() there was nothing more to ask for. */
export const unsealedUnmap: Unmapping = unmapping(uncheckedSplits);
/** The whole range is asked whether it is sealed (6.10). */
export const sealedRangeUnmap: Unmapping = unmapping(splitsOfUnsealedRange);
/** Each VMA is asked whether it is sealed (6.12). */
export const sealedUnmap: Unmapping = unmapping(splitsOfUnsealedVmas);
