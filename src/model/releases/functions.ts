import { mapCalls, type Release, rootOf } from '../release.js';
import type { Step } from '../step.js';

/**
 * A step names the kernel function that it stands for, or is part of, as the newest release has it. Here is
 * what that was before. Where a release stands for several, the names are those of the first, but for
 * v2.6.33 (as of 2.6.33, the parts that came later by 5.0).
 */
type Former = readonly [
  /** The id of the first release of which it is not true any more. */
  before: string,
  kernel: string,
];

/** Up to 6.14 the system call does what it does not leave to mremap_to() by itself. */
const IN_SYSCALL: readonly Former[] = [
  ['v5.1', 'do_mremap'],
  ['v6.15', 'sys_mremap'],
];
const BEFORE_MREMAP_TO: readonly Former[] = [['v2.6.33', 'do_mremap']];
/** From 2.6.33 to 6.14, and under another name in the two releases behind that. */
const IN_VMA_TO_RESIZE: readonly Former[] = [
  ...BEFORE_MREMAP_TO,
  ['v6.15', 'vma_to_resize'],
  ['v6.17-rc1', 'resize_is_valid'],
];
const IN_MOVE_VMA: readonly Former[] = [['v6.15', 'move_vma']];
/** munmap() up to where it looks for VMAs. */
const MUNMAP: readonly Former[] = [
  ['v5.1', 'do_munmap'],
  ['v6.1', '__do_munmap'],
  ['v6.7', 'do_mas_munmap'],
];
const UNMAPPING: readonly Former[] = [
  ['v5.1', 'do_munmap'],
  ['v6.1', '__do_munmap'],
  ['v6.7', 'do_mas_align_munmap'],
];
const MMAP: readonly Former[] = [['v5.1', 'do_mmap_pgoff']];
const IN_MMAP_REGION: readonly Former[] = [
  ['v2.6.33', 'do_mmap_pgoff'],
  ['v6.15', 'mmap_region'],
];
const LOCKING: readonly Former[] = [['v5.1', 'do_mlock']];
const PROTECTING: readonly Former[] = [['v5.1', 'sys_mprotect']];

/** Which kernel has the functions and files by the names that a release gives; undefined if it stands for one alone. */
export function namedAsIn(release: Release): string | undefined {
  const { id, covers } = rootOf(release);
  if (id === 'v2.6.33') return '2.6.33, or of 5.0 where they came later';
  return release.base === undefined && covers.first === covers.last ? undefined : covers.first;
}

/** By the name of the step, oldest first. */
const FORMER: Readonly<Record<string, readonly Former[]>> = {
  'flags-known': IN_SYSCALL,
  'old-address-aligned': IN_SYSCALL,
  'new-length-not-zero': IN_SYSCALL,
  'fixed-needs-maymove': IN_SYSCALL,
  'dontunmap-needs-maymove': IN_SYSCALL,
  'dontunmap-keeps-length': IN_SYSCALL,
  'take-lock': [['v6.15', 'sys_mremap']],
  'new-address-aligned': [...BEFORE_MREMAP_TO, ['v6.15', 'mremap_to']],
  'destination-in-task': [...BEFORE_MREMAP_TO, ['v6.17-rc1', 'mremap_to']],
  'ranges-disjoint': [...BEFORE_MREMAP_TO, ['v6.17-rc1', 'mremap_to']],
  'lookup-vma': [
    ...BEFORE_MREMAP_TO,
    ['v5.16', 'vma_to_resize'],
    ['v6.15', 'sys_mremap'],
    ['v6.17-rc1', 'do_mremap'],
  ],
  'lookup-again': [['v6.15', 'vma_to_resize']],
  'seal-check': [
    ['v6.15', 'sys_mremap'],
    ['v6.17-rc1', 'do_mremap'],
  ],
  'whole-huge-pages': [['v6.15', 'sys_mremap']],
  'no-huge-pages': IN_VMA_TO_RESIZE,
  'zero-length-needs-shared': IN_VMA_TO_RESIZE,
  'dontunmap-anonymous-only': IN_VMA_TO_RESIZE,
  'dontunmap-not-special': IN_VMA_TO_RESIZE,
  'within-vma': IN_VMA_TO_RESIZE,
  'growth-allowed': IN_VMA_TO_RESIZE,
  'locked-limit': IN_VMA_TO_RESIZE,
  'address-space-limit': IN_VMA_TO_RESIZE,
  'charge-growth': IN_VMA_TO_RESIZE,
  'cut-old-length': BEFORE_MREMAP_TO,
  'done-in-place': IN_SYSCALL,
  'expand-in-place': IN_SYSCALL,
  'growing-inside-needs-maymove': IN_SYSCALL,
  'growing-needs-maymove': IN_SYSCALL,
  'choose-new-address': [
    ['v6.10', 'get_unmapped_area'],
    ['v6.15', '__get_unmapped_area'],
  ],
  'move-count-check': IN_MOVE_VMA,
  'may-split': IN_MOVE_VMA,
  'charge-copy': [...IN_MOVE_VMA, ['v6.17-rc1', 'vrm_charge']],
  'lock-copy': IN_MOVE_VMA,
  'dontunmap-complete': IN_MOVE_VMA,
  'mmap-count-check': MMAP,
  'mmap-done': MMAP,
  'mmap-limit': IN_MMAP_REGION,
  'mmap-charge': IN_MMAP_REGION,
  'mmap-insert': IN_MMAP_REGION,
  'mmap-replace': IN_MMAP_REGION,
  mprotect: PROTECTING,
  'mprotect-gap': PROTECTING,
  'mprotect-done': PROTECTING,
  'mlock-limit': [['v5.1', 'sys_mlock']],
  mlock: LOCKING,
  'mlock-gap': LOCKING,
  'mlock-populate': [['v5.1', 'make_pages_present']],
  munlock: LOCKING,
  'munlock-gap': LOCKING,
  mseal: [['v6.17-rc1', 'apply_mm_seal']],
  'uffd-register': [['v6.15', 'userfaultfd_register']],
};

/** The same for the parts of an unmapping, whatever it is part of, by the end of their names. */
const FORMER_OF_UNMAPPING: readonly (readonly [end: string, former: readonly Former[]])[] = [
  ['-range-check', MUNMAP],
  ['-length-check', MUNMAP],
  ['-count-check', [...UNMAPPING, ['v6.12', 'do_vmi_align_munmap']]],
  ['-remove', UNMAPPING],
];

const UNMAPS = /^(?:unmap-(?:destination|tail|source)|mmap-unmap|munmap)-/;

function formerOf(step: string): readonly Former[] {
  const own = FORMER[step];
  if (own !== undefined || !UNMAPS.test(step)) return own ?? [];
  return FORMER_OF_UNMAPPING.find(([end]) => step.endsWith(end))?.[1] ?? [];
}

/**
 * The releases, each with the names that its functions had.
 *
 * @param releases all of them, oldest first
 */
export function withFunctionsOfTheirTime(releases: readonly Release[]): Release[] {
  const place = new Map(releases.map(({ id }, i) => [id, i]));
  const placeOf = (id: string): number => {
    const found = place.get(id);
    if (found === undefined) throw new RangeError(`no release ${id}`);
    return found;
  };
  return releases.map((release, at) => {
    // A step of two calls stays one step.
    const renamed = new Map<Step, Step>();
    const inItsTime = (step: Step): Step => {
      const known = renamed.get(step);
      if (known !== undefined) return known;
      const former = formerOf(step.name).find(([before]) => at < placeOf(before));
      const named = former === undefined ? step : { ...step, kernel: former[1] };
      renamed.set(step, named);
      return named;
    };
    return { ...release, calls: mapCalls(release.calls, (steps) => steps.map(inItsTime)) };
  });
}
