import type { Kit } from '../src/model/kit.js';
import type { Release } from '../src/model/release.js';
import type { State } from '../src/model/state.js';
import type { Vma } from '../src/model/vma.js';

// In code, since what a JSON patch can tell apart are flags and lengths alone.

export const base = 'v7.1';
export const title = 'An early check that looks at the VMAs';
export const why =
  'Under the lock the kernel can see what a call is about to split. A destination or a tail takes a map slot only out of the middle of a VMA, and the move behind that 2. Of several VMAs each further one takes 2 at most, for its destination and its copy.';

export default function patch(release: Release, kit: Kit): Release {
  const { addressSpace, calls, changed, guard, vma } = kit;

  const slotsFor = (s: State, start: number, end: number): number =>
    addressSpace.isStrictlyInside(s.vmas, start, end) ? 1 : 0;

  /** VMAs in the source, all of which a call with FIXED and equal lengths moves, each for itself. */
  const piecesOf = (s: State): readonly Vma[] =>
    s.vmas.filter((one) => vma.startOf(one) < s.addr + s.oldLen && s.addr < vma.endOf(one));

  const endsIn = (s: State, piece: Vma | undefined): boolean =>
    piece !== undefined && s.addr + s.oldLen <= vma.endOf(piece);

  const needFor = (s: State): number => {
    const isFixed = s.call.call === 'mremap' && (s.call.flags & calls.FIXED) !== 0;
    const pieces = piecesOf(s);
    // What is unmapped for a VMA is as long as that, and may lie inside another one where the whole does not.
    if (isFixed && s.newLen === s.oldLen && !endsIn(s, pieces[0])) return 1 + 2 * pieces.length;
    const destination = isFixed ? slotsFor(s, s.newAddr, s.newAddr + s.newLen) : 0;
    const tail = s.newLen < s.oldLen ? slotsFor(s, s.addr + s.newLen, s.addr + s.oldLen) : 0;
    return 2 + destination + tail;
  };

  return changed('mremap', 'early-count-check', {
    count: { need: 4, needFor },
    when: [guard('FIXED or DONTUNMAP')],
  })(release);
}
