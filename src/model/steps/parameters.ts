import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { fail, type State } from '../state.js';
import type { Step } from '../step.js';

/** Steps that look at the arguments alone; each refuses with EINVAL. */
function refuse(
  name: string,
  does: string,
  refused: (call: MremapCall, taskEnd: number) => boolean,
): Step {
  return {
    name,
    kernel: 'sys_mremap',
    does,
    errnos: ['EINVAL'],
    sees: 'arguments',
    run: (s: State) => (refused(s.call as MremapCall, s.env.taskEnd) ? fail(s, Errno.EINVAL) : s),
  };
}

/** Before v5.7 DONTUNMAP is an unknown flag. */
export const dontunmapUnknown = refuse(
  'flags-known',
  'refuses unknown flags, DONTUNMAP among them',
  (c) => (c.flags & DONTUNMAP) !== 0,
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

export const dontunmapKeepsLength = refuse(
  'dontunmap-keeps-length',
  'refuses DONTUNMAP with lengths that differ',
  (c) => (c.flags & DONTUNMAP) !== 0 && c.oldLen !== c.newLen,
);

export const newLengthNotZero = refuse(
  'new-length-not-zero',
  'refuses a new length of zero',
  (c) => c.newLen === 0,
);

export const newLengthInTask = refuse(
  'new-length-in-task',
  'refuses a new length above the task size',
  (c, taskEnd) => c.newLen > taskEnd,
);

export const destinationInTask = refuse(
  'destination-in-task',
  'refuses a destination that ends beyond the task size',
  (c, taskEnd) => c.newAddr + c.newLen > taskEnd,
);

export const rangesDisjoint = refuse(
  'ranges-disjoint',
  'refuses a destination that overlaps the source',
  (c) => c.addr + c.oldLen > c.newAddr && c.newAddr + c.newLen > c.addr,
);

/** All before it runs without the mmap lock, all after it with it. */
export const takeLock: Step = {
  name: 'take-lock',
  kernel: 'mmap_write_lock_killable',
  does: 'takes the mmap lock for writing',
  sees: 'arguments',
  takesLock: true,
  run: (s) => s,
};
