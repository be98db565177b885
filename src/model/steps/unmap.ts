import {
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
  type State,
  succeed,
  withCourse,
  withoutPages,
  withVmas,
} from '../state.js';
import { only, type Step, UNMAPS_SOURCE } from '../step.js';
import { isAccounted, withAccount } from '../vma.js';

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

/** The four micro-steps of an munmap; map_count is looked at once, before any change (659ace584e7a, v2.6.33). */
interface UnmapSteps {
  readonly check: Step;
  readonly splits: readonly Step[];
  readonly remove: Step;
}

function unmapSteps(prefix: string, range: Range): UnmapSteps {
  const split = (edge: 'start' | 'end'): Step => ({
    name: `${prefix}-split-${edge}`,
    kernel: '__split_vma',
    does: `splits the VMA across the ${edge} of the ${range.what}, whatever map_count is`,
    run: (s) => withVmas(s, splitAt(s.vmas, range[edge](s))),
  });
  return {
    check: {
      name: `${prefix}-count-check`,
      kernel: 'do_munmap',
      does: `refuses a hole inside one VMA if no map slot is left for the ${range.what}`,
      errnos: ['ENOMEM'],
      count: { role: 'unmap', need: 1 },
      run: (s) =>
        headroom(s) < 1 && isStrictlyInside(s.vmas, range.start(s), range.end(s))
          ? fail(s, Errno.ENOMEM)
          : s,
    },
    splits: [split('start'), split('end')],
    remove: {
      name: `${prefix}-remove`,
      kernel: 'unmap_region',
      does: `removes the VMAs of the ${range.what} and their pages`,
      run: (s) => {
        const vmas = removeWithin(s.vmas, range.start(s), range.end(s));
        if (vmas === s.vmas) return s;
        return withoutPages(withVmas(s, vmas), range.start(s), range.end(s));
      },
    },
  };
}

const inOrder = (steps: UnmapSteps): Step[] => [steps.check, ...steps.splits, steps.remove];

/** munmap() itself. */
export const munmap: readonly Step[] = [
  ...inOrder(unmapSteps('munmap', SOURCE)),
  { name: 'munmap-done', kernel: 'do_munmap', does: 'returns 0', run: (s) => succeed(s, 0) },
];

/** What is at the destination goes, as if by munmap(). */
export const unmapDestination: readonly Step[] = inOrder(
  unmapSteps('unmap-destination', DESTINATION),
);

/** The part of the source beyond the new length goes. */
export const unmapTail: readonly Step[] = inOrder(unmapSteps('unmap-tail', TAIL));

/** VM_ACCOUNT is hidden from the VMA while its source range is unmapped, and not put back on failure. */
function keepSource(s: State): State {
  const vma = vmaAt(s.vmas, s.addr);
  const vmas: Vmas =
    vma !== undefined && isAccounted(vma)
      ? replaceAt(s.vmas, s.addr, withAccount(vma, false))
      : s.vmas;
  return withCourse(withVmas(s, vmas), { sourceKept: true });
}

/** An munmap of the source whose failure the caller never hears of: both ranges stay mapped. */
function unreported(steps: UnmapSteps): Step[] {
  const { check } = steps;
  const quiet: Step = {
    name: check.name,
    kernel: check.kernel,
    ...(check.count === undefined ? {} : { count: check.count }),
    does: 'leaves the source mapped, without an error, if it is inside one VMA and no map slot is left',
    run: (s) => (check.run(s).result === s.result ? s : keepSource(s)),
  };
  const unlessKept = (step: Step): Step => ({
    ...step,
    run: (s) => (s.sourceKept ? s : step.run(s)),
  });
  const lengthZero: Step = {
    name: 'unmap-source-length-check',
    kernel: 'do_munmap',
    does: 'leaves a source of length zero mapped, without an error',
    run: (s) => (s.oldLen === 0 ? keepSource(s) : s),
  };
  return [lengthZero, ...[quiet, ...steps.splits, steps.remove].map(unlessKept)];
}

/** The end of a move without DONTUNMAP. */
export const unmapSource: readonly Step[] = only(
  UNMAPS_SOURCE,
  ...unreported(unmapSteps('unmap-source', SOURCE)),
);

/** The range that mmap(MAP_FIXED) takes: the whole munmap up to 6.11; from v6.12 on its removal is left to mmap-complete. */
export const unmapForMmap: readonly Step[] = inOrder(unmapSteps('mmap-unmap', DESTINATION));
export const splitForMmap: readonly Step[] = unmapForMmap.slice(0, -1);
