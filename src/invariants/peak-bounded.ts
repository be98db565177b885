import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../model/calls.js';
import { isLocked } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';

/**
 * How far map_count can rise under the lock in one mremap().
 *
 * Splitting the destination out of one VMA leaves +1 (+2 before the middle is removed), the copy adds 1,
 * splitting the source out adds 2: 4 for one VMA with FIXED, 3 without. Of several VMAs the first is
 * split at one side only, so that it leaves +2 at most, each further whole one +1, and the last peaks
 * at +3: 3 more than there are VMAs. With DONTUNMAP the source is not split: each VMA adds the copy,
 * and 1 for the destination, which peaks no higher, since both splits come before the copy. From 7.2.11 on
 * a locked source is split off, which adds 2 more to each VMA.
 */
function mremapBound(call: MremapCall, pieces: number, locked: boolean): number {
  const count = Math.max(pieces, 1);
  if ((call.flags & DONTUNMAP) !== 0) {
    return ((call.flags & FIXED) !== 0 ? 2 * count : 1) + (locked ? 2 * count : 0);
  }
  if ((call.flags & FIXED) !== 0) return count + 3;
  if (call.newLen < call.oldLen) return 2;
  return call.newLen > call.oldLen && (call.flags & MAYMOVE) !== 0 ? 3 : 0;
}

/** Of the other calls: a hole takes two splits, and from 6.12 on mmap() counts the new VMA before the old ones go. */
function bound({ before, call, outcome }: Transition): number {
  if (call.call === 'mremap') return mremapBound(call, outcome.pieces, before.some(isLocked));
  if (call.call === 'mmap') return 3;
  return call.call === 'touch' ? 0 : 2;
}

const rise = ({ before, outcome }: Transition): number => outcome.peak - before.length;

export const peakBounded: Invariant = {
  id: 'peak-bounded',
  statement:
    'Under the lock map_count rises by no more than the splits and the copy of the call can add.',
  definition:
    'max n − n ≤ b, where b = k + 3 for FIXED without DONTUNMAP on k VMAs; 2k with both, else 1 with DONTUNMAP, and 2k more if a VMA is locked; 3 for growing with MAYMOVE and for mmap; 2 for a shrink and for the other system calls; 0 for any other mremap and for a page fault',
  source:
    'Derived from the steps, see the comment in the source; only an unlocked reader can see the peak.',
  applies: () => true,
  holds: (t) => rise(t) <= bound(t),
  explain: (t) =>
    `map_count peaked ${rise(t)} above its value before, ${bound(t)} can be explained`,
};
