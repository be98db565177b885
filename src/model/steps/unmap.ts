import type { State } from '../state.js';
import { type Range, returning, type Step } from '../step.js';
import { checkedSplitOf2_6_12, leavesMapSlot, noMemoryForSplit, SPLIT_CHECK } from './split.js';
import {
  countStep,
  DESTINATION,
  RANGE,
  rangeStep,
  rangeUnsealed,
  removeStep,
  type Splits,
  sealStep,
  splitStep,
  TAIL,
} from './unmap-range.js';
import { type KeptCharge, sourceSteps } from './unmap-source.js';

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

const splitsOfUnsealedRange: Splits = (prefix, range) => [
  rangeUnsealed(`${prefix}-seal-range`, range),
  ...uncheckedSplits(prefix, range),
];

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
  const removal = { refund: () => true, gathers };
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
