import { Errno } from '../errno.js';
import { fail, headroom } from '../state.js';
import { type CountCheck, needOf, type Step } from '../step.js';

/** A check of map_count against the limit that `count` describes: ENOMEM unless that headroom is left. */
export function countCheck(name: string, kernel: string, count: CountCheck): Step {
  const { need, needDontunmap, needLockedDontunmap, needFor } = count;
  const instead = [
    ...(needDontunmap === undefined ? [] : [`${needDontunmap} with DONTUNMAP`]),
    ...(needLockedDontunmap === undefined
      ? []
      : [`${needLockedDontunmap} with DONTUNMAP of a locked VMA`]),
  ];
  const less = instead.length === 0 ? '' : ` (${instead.join(', ')})`;
  return {
    name,
    kernel,
    does:
      needFor === undefined
        ? `refuses if fewer than ${need}${less} map slots are left`
        : 'refuses if fewer map slots are left than this call may need',
    errnos: ['ENOMEM'],
    // Otherwise it looks at VMAs as well.
    ...(needLockedDontunmap === undefined && needFor === undefined ? { sees: 'headroom' } : {}),
    count,
    run: (s) => (headroom(s) < needOf(s, count) ? fail(s, Errno.ENOMEM) : s),
  };
}

/** The check before anything is unmapped; v5.1 asked for map_count + 2 < max_map_count - 3, that is 6. */
export const earlyCountCheck = (need: number, needDontunmap?: number): Step =>
  countCheck('early-count-check', 'mremap_to', {
    role: 'early',
    need,
    ...(needDontunmap === undefined ? {} : { needDontunmap }),
  });

/** The check at the start of move_vma(); up to v7.0 map_count < max_map_count - 3, that is 4. */
export const moveCountCheck = (need: number, needLockedDontunmap?: number): Step =>
  countCheck('move-count-check', 'prep_move_vma', {
    role: 'move',
    need,
    ...(needLockedDontunmap === undefined ? {} : { needLockedDontunmap }),
  });

/** mmap() asks only that the count is not yet above the limit, since the new range may merge. */
export const mmapCountCheck: Step = {
  ...countCheck('mmap-count-check', 'do_mmap', { role: 'map', need: 0 }),
  run: (s) => (s.mapCount > s.env.mmapCap ? fail(s, Errno.ENOMEM) : s),
};
