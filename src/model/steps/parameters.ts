import { vmaAt } from '../address-space.js';
import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { fail, type State } from '../state.js';
import type { Step } from '../step.js';
import { isHugetlb } from '../vma.js';

/** Steps that look at the arguments alone; each refuses with EINVAL. */
function refuse(
  name: string,
  does: string,
  refused: (call: MremapCall, s: State) => boolean,
): Step {
  return {
    name,
    kernel: 'check_mremap_params',
    does,
    errnos: ['EINVAL'],
    sees: 'arguments',
    run: (s: State) => (refused(s.call as MremapCall, s) ? fail(s, Errno.EINVAL) : s),
  };
}

/** All flags that mremap() has had since v5.7. */
const KNOWN = MAYMOVE | FIXED | DONTUNMAP;

export const flagsKnown = refuse(
  'flags-known',
  'refuses unknown flags',
  (c) => (c.flags & ~KNOWN) !== 0,
);

/** Before v5.7 DONTUNMAP is an unknown flag. */
export const dontunmapUnknown = refuse(
  'flags-known',
  'refuses unknown flags, DONTUNMAP among them',
  (c) => (c.flags & ~(MAYMOVE | FIXED)) !== 0,
);

const isAligned = (page: number): boolean => Number.isInteger(page);

export const oldAddressAligned = refuse(
  'old-address-aligned',
  'refuses an old address inside a page',
  (c) => !isAligned(c.addr),
);

export const newAddressAligned = refuse(
  'new-address-aligned',
  'refuses a new address inside a page',
  (c) => !isAligned(c.newAddr),
);

export const fixedNeedsMaymove = refuse(
  'fixed-needs-maymove',
  'refuses FIXED without MAYMOVE',
  (c) => (c.flags & FIXED) !== 0 && (c.flags & MAYMOVE) === 0,
);

export const dontunmapNeedsMaymove = refuse(
  'dontunmap-needs-maymove',
  'refuses DONTUNMAP without MAYMOVE',
  (c) => (c.flags & DONTUNMAP) !== 0 && (c.flags & MAYMOVE) === 0,
);

/** The form of v6.15 and later: one test for whichever flag implies a new address. */
export const newAddressNeedsMaymove = refuse(
  'new-address-needs-maymove',
  'refuses FIXED or DONTUNMAP without MAYMOVE',
  (c) => (c.flags & MAYMOVE) === 0,
);

/** Up to v6.16 lengths inside the same page differ. */
export const dontunmapKeepsLength = refuse(
  'dontunmap-keeps-length',
  'refuses DONTUNMAP with lengths that differ, before they are rounded up to pages',
  (c) => (c.flags & DONTUNMAP) !== 0 && c.oldLen !== c.newLen,
);

export const dontunmapKeepsPages = refuse(
  'dontunmap-keeps-length',
  'refuses DONTUNMAP with lengths of different numbers of pages',
  (c) => (c.flags & DONTUNMAP) !== 0 && Math.ceil(c.oldLen) !== Math.ceil(c.newLen),
);

export const newLengthNotZero = refuse(
  'new-length-not-zero',
  'refuses a new length of zero',
  (c) => c.newLen === 0,
);

export const newLengthInTask = refuse(
  'new-length-in-task',
  'refuses a new length above the task size',
  (_, s) => s.newLen > s.env.taskEnd,
);

export const destinationInTask = refuse(
  'destination-in-task',
  'refuses a destination that ends beyond the task size',
  (_, s) => s.newAddr + s.newLen > s.env.taskEnd,
);

/** From v6.17 on a destination is not compared with the task size again once it is whole huge pages. */
export const hugePagesInTask: Step = {
  name: 'huge-pages-in-task',
  kernel: 'do_vmi_munmap',
  does: 'refuses a destination that ends beyond the task size when rounded up to huge pages',
  errnos: ['EINVAL'],
  idleWithout: 'huge pages',
  run: (s) => {
    const vma = vmaAt(s.vmas, s.addr);
    return vma !== undefined && isHugetlb(vma) ? destinationInTask.run(s) : s;
  },
};

export const rangesDisjoint = refuse(
  'ranges-disjoint',
  'refuses a destination that overlaps the source',
  (_, s) => s.addr + s.oldLen > s.newAddr && s.newAddr + s.newLen > s.addr,
);

/**
 * Up to 4.2 an old length of zero overlaps a new address that is the old one. v2.6.33, which stands for
 * up to 5.0, is as 4.3.
 */
export const rangesDisjointOf2_6_12 = refuse(
  'ranges-disjoint',
  'refuses a destination that overlaps the source, or starts where an empty source does',
  (_, { addr, oldLen, newAddr, newLen }) =>
    (newAddr <= addr && newAddr + newLen > addr) || (addr <= newAddr && addr + oldLen > newAddr),
);

/** All before it runs without the mmap lock, all after it with it. */
export const takeLock: Step = {
  name: 'take-lock',
  kernel: 'do_mremap',
  does: 'takes the mmap lock for writing',
  sees: 'arguments',
  takesLock: true,
  run: (s) => s,
};
