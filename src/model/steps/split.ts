import { findIndex, splitAt, type Vmas } from '../address-space.js';
import { Errno } from '../errno.js';
import { fail, headroom, type State, withVmas } from '../state.js';
import { type CountCheck, type MayFail, mayRefuse } from '../step.js';
import { HUGE, isHugetlb, Kind, kindOf, startOf, type Vma } from '../vma.js';

/** Each split asks for a free map slot (split_vma). */
export const SPLIT_CHECK: CountCheck = { role: 'split', need: 1 };

/** The VMA that a page is inside of, so that something there means a split. */
function vmaAcross(vmas: Vmas, page: number): Vma | undefined {
  const vma = vmas[findIndex(vmas, page)];
  return vma !== undefined && startOf(vma) < page ? vma : undefined;
}

/** A VMA of huge pages is split between two of them only (hugetlb_vm_op_split). */
const cutsHugePage = (vma: Vma, page: number): boolean => isHugetlb(vma) && page % HUGE !== 0;

/** One split, whatever map_count is (__split_vma). */
export function split(s: State, page: number): State {
  const vma = vmaAcross(s.vmas, page);
  if (vma === undefined) return s;
  return cutsHugePage(vma, page) ? fail(s, Errno.EINVAL) : withVmas(s, splitAt(s.vmas, page));
}

/** One split; split_vma() asks for a free map slot first. */
export function checkedSplit(s: State, page: number): State {
  if (vmaAcross(s.vmas, page) === undefined) return s;
  return headroom(s) < 1 ? fail(s, Errno.ENOMEM) : split(s, page);
}

/** Up to 2.6.32 split_vma() looks at huge pages before it asks for a map slot. */
export function checkedSplitOf2_6_12(s: State, page: number): State {
  const vma = vmaAcross(s.vmas, page);
  return vma !== undefined && cutsHugePage(vma, page)
    ? fail(s, Errno.EINVAL)
    : checkedSplit(s, page);
}

/** A driver may refuse that its VMA is split at a page. */
export const mayVetoSplit = (page: (s: State) => number): MayFail =>
  mayRefuse('vm_ops->may_split', 'EINVAL', (s) => {
    const vma = vmaAcross(s.vmas, page(s));
    return vma !== undefined && kindOf(vma) === Kind.special;
  });

/** A split takes memory for another VMA. */
export const noMemoryForSplit = (
  page: (s: State) => number,
  comesToSplit: (s: State) => boolean = () => true,
): MayFail =>
  mayRefuse('vm_area_dup', 'ENOMEM', (s) => {
    const vma = vmaAcross(s.vmas, page(s));
    return vma !== undefined && !cutsHugePage(vma, page(s)) && comesToSplit(s);
  });

export const leavesMapSlot = (s: State): boolean => headroom(s) >= 1;

/** What can fail in a split: the driver may refuse it, and there may be no memory for another VMA. */
export function splitMayFail(
  page: (s: State) => number,
  comesToSplit: (s: State) => boolean = () => true,
): readonly MayFail[] {
  const veto = mayVetoSplit(page);
  return [
    { ...veto, times: (s) => (comesToSplit(s) ? veto.times(s) : 0) },
    noMemoryForSplit(page, comesToSplit),
  ];
}
