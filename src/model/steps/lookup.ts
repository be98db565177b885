import { findIndex, vmaAt } from '../address-space.js';
import type { MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { fail, type State, succeed, withCourse } from '../state.js';
import { EMPTY_SOURCE, GROWING, IN_PLACE, only, SEVERAL, type Step, shapeOf } from '../step.js';
import {
  endOf,
  HUGE,
  isAnonymous,
  isArmed,
  isHugetlb,
  isSpecial,
  Kind,
  kindOf,
  startOf,
  type Vma,
} from '../vma.js';

/** The VMA that the call is about; a step before has made sure that there is one. */
export function sourceVma(s: State): Vma {
  const vma = vmaAt(s.vmas, s.addr);
  if (vma === undefined) throw new Error(`no VMA at page ${s.addr}: the lookup step is missing`);
  return vma;
}

/** EFAULT where nothing is mapped at the old address. */
export const lookupVma: Step = {
  name: 'lookup-vma',
  kernel: 'check_prep_vma',
  does: 'refuses an old address that is not mapped',
  errnos: ['EFAULT'],
  sees: 'old address',
  run: (s) => (vmaAt(s.vmas, s.addr) === undefined ? fail(s, Errno.EFAULT) : s),
};

/** The VMA may have been unmapped with the destination: it is looked up anew. */
export const lookupAgain: Step = {
  ...lookupVma,
  name: 'lookup-again',
  kernel: 'mremap_to',
  does: 'refuses if the source was unmapped with the destination',
};

/** Old length zero duplicates a shared mapping and nothing else. */
export const zeroLengthNeedsShared: Step = {
  name: 'zero-length-needs-shared',
  kernel: 'check_prep_vma',
  does: 'refuses an old length of zero on a private VMA',
  errnos: ['EINVAL'],
  when: [EMPTY_SOURCE],
  run: (s) => (s.oldLen === 0 && kindOf(sourceVma(s)) < Kind.fshared ? fail(s, Errno.EINVAL) : s),
};

/** v5.7 to v5.12: DONTUNMAP moves private anonymous memory only. */
export const dontunmapAnonymousOnly: Step = {
  name: 'dontunmap-anonymous-only',
  kernel: 'check_prep_vma',
  does: 'refuses DONTUNMAP on a VMA that is not private anonymous',
  errnos: ['EINVAL'],
  run: (s) => (isAnonymous(sourceVma(s)) ? s : fail(s, Errno.EINVAL)),
};

/** From v5.13 on any VMA that may grow. */
export const dontunmapNotSpecial: Step = {
  ...dontunmapAnonymousOnly,
  name: 'dontunmap-not-special',
  idleWithout: 'special mappings',
  does: 'refuses DONTUNMAP on a VM_DONTEXPAND or VM_PFNMAP mapping',
  run: (s) => (isSpecial(sourceVma(s)) ? fail(s, Errno.EINVAL) : s),
};

/** Up to v5.15. */
export const noHugePages: Step = {
  name: 'no-huge-pages',
  idleWithout: 'huge pages',
  kernel: 'check_prep_vma',
  does: 'refuses a mapping of huge pages',
  errnos: ['EINVAL'],
  run: (s) => (isHugetlb(sourceVma(s)) ? fail(s, Errno.EINVAL) : s),
};

const roundUp = (pages: number): number => Math.ceil(pages / HUGE) * HUGE;

/** Of huge pages both lengths are rounded up; nothing may be out of line, and nothing grows (550a7d60bd5e, v5.16). */
export const wholeHugePages: Step = {
  name: 'whole-huge-pages',
  idleWithout: 'huge pages',
  kernel: 'align_hugetlb',
  does: 'rounds the lengths up to huge pages; refuses addresses out of line and growth; a call that grows within its last huge page returns the old address',
  errnos: ['EINVAL'],
  sees: 'huge pages',
  run: (s) => {
    const vma = vmaAt(s.vmas, s.addr);
    if (vma === undefined || !isHugetlb(vma)) return s;
    const [oldLen, newLen] = [roundUp(s.oldLen), roundUp(s.newLen)];
    if (s.addr % HUGE !== 0 || s.newAddr % HUGE !== 0 || newLen > oldLen) {
      return fail(s, Errno.EINVAL);
    }
    const shape = shapeOf(s.call as MremapCall);
    const grewInside = GROWING.test(shape) && IN_PLACE.test(shape);
    return grewInside ? succeed(s, s.addr) : withCourse(s, { oldLen, newLen });
  },
};

/** A VM_DONTEXPAND mapping does not grow. */
export const growthAllowed: Step = {
  name: 'growth-allowed',
  idleWithout: 'special mappings',
  kernel: 'check_prep_vma',
  does: 'refuses to grow a VM_DONTEXPAND or VM_PFNMAP mapping',
  errnos: ['EFAULT'],
  run: (s) => (s.newLen > s.oldLen && isSpecial(sourceVma(s)) ? fail(s, Errno.EFAULT) : s),
};

/** EFAULT where the range crosses the end of its VMA. A tail that is cut off does not count. */
export const withinVma: Step = {
  name: 'within-vma',
  kernel: 'check_prep_vma',
  does: 'refuses a source that crosses the end of its VMA',
  errnos: ['EFAULT'],
  sees: 'old range',
  run: (s) =>
    Math.min(s.oldLen, s.newLen) > endOf(sourceVma(s)) - s.addr ? fail(s, Errno.EFAULT) : s,
};

/** With an f_op->get_unmapped_area of its own the kernel cannot tell that a fixed address will be honoured; a userfaultfd may have to be told. */
const mayMoveWithOthers = (vma: Vma): boolean => kindOf(vma) !== Kind.ramfs && !isArmed(vma);

/** EFAULT for want of anything to move at the start of the range. */
const pickVmaRun = (s: State): State => {
  const begun = s.several;
  const sourceEnd = begun === undefined ? s.addr + s.oldLen : begun.sourceEnd;
  const cursor = begun === undefined ? s.addr : s.addr + s.oldLen;
  const vma = s.vmas[findIndex(s.vmas, cursor)];
  if (vma === undefined || Math.max(startOf(vma), cursor) >= sourceEnd) {
    return begun === undefined ? fail(s, Errno.EFAULT) : succeed(s, begun.target);
  }
  if (begun === undefined && startOf(vma) > s.addr) return fail(s, Errno.EFAULT);
  const addr = Math.max(startOf(vma), cursor);
  const length = Math.min(endOf(vma), sourceEnd) - addr;
  const gap = begun === undefined ? 0 : startOf(vma) - begun.lastVmaEnd;
  return withCourse(s, {
    addr,
    oldLen: length,
    newAddr: begun === undefined ? s.newAddr : s.newAddr + s.newLen + gap,
    newLen: length,
    // Each piece is unmapped by itself.
    sourceKept: false,
    several: {
      sourceEnd,
      target: begun === undefined ? s.newAddr : begun.target,
      pieces: begun === undefined ? 1 : begun.pieces + 1,
      lastVmaEnd: endOf(vma),
      firstMayMove: begun === undefined ? mayMoveWithOthers(vma) : begun.firstMayMove,
    },
  });
};

/** Takes the next VMA of the range; the gap before it is kept at the destination (d23cb648e365). */
const pickVma: Step = {
  name: 'pick-vma',
  kernel: 'remap_move',
  does: 'takes the next VMA of the range; ends the call after the last; refuses if none is at its start',
  errnos: ['EFAULT'],
  run: pickVmaRun,
};

/** A VMA that cannot move with others: refused if it is not alone in the range (d5f416c7c364). */
const mayMoveTogether: Step = {
  name: 'may-move-together',
  kernel: 'remap_move',
  does: 'refuses a VMA with its own get_unmapped_area, or registered with userfaultfd, unless it is the only one of the range',
  errnos: ['EFAULT'],
  run: (s) => {
    const vma = sourceVma(s);
    const several = s.several;
    if (several === undefined || mayMoveWithOthers(vma)) return s;
    const alone = several.pieces === 1 && endOf(vma) >= several.sourceEnd;
    return alone ? s : fail(s, Errno.EFAULT);
  },
};

/** Before d5f416c7c364 the first VMA moves in any case, and one that may not move with others ends the call when it is met second, or has come before. */
const mayMoveTogetherOfRc1: Step = {
  ...mayMoveTogether,
  does: 'refuses a VMA behind the first that may not move with others, and any VMA behind a first one that may not',
  run: (s) => {
    const several = s.several;
    if (several === undefined || several.pieces === 1) return s;
    return several.firstMayMove && mayMoveWithOthers(sourceVma(s)) ? s : fail(s, Errno.EFAULT);
  },
};

/** The head of the loop as 6.17-rc1 has it. */
export const eachVmaOfRc1: readonly Step[] = only(SEVERAL, pickVma, mayMoveTogetherOfRc1);

/** The head of the loop over the VMAs of the range. */
export const eachVma: readonly Step[] = only(SEVERAL, pickVma, mayMoveTogether);

/** The end of that loop. */
export const nextVma: readonly Step[] = only(SEVERAL, {
  name: 'next-vma',
  kernel: 'remap_move',
  does: 'goes on with the next VMA of the range',
  repeatFrom: pickVma.name,
  run: (s) => s,
});
