import { type Release, rootOf } from '../../model/release.js';
import { releases } from '../../model/releases/index.js';
import type { Step } from '../../model/step.js';

/** What is true up to the release before one, and else; oldest first. */
type Ages = readonly (readonly [before: string, what: string])[];

/** The first version of each function is in mm/mmap.c, but from 6.12 on VMAs have a file of their own. */
const VMA_FILE: Ages = [['v6.12', 'mm/mmap.c']];

const MREMAP_FUNCTIONS = new Set([
  'align_hugetlb',
  'check_mremap_params',
  'check_prep_vma',
  'do_mremap',
  'dontunmap_complete',
  'expand_vma',
  'expand_vma_in_place',
  'move_page_tables',
  'move_vma',
  'mremap_at',
  'mremap_to',
  'prep_move_vma',
  'remap_move',
  'resize_is_valid',
  'sys_mremap',
  'vma_to_resize',
  'vrm_calc_charge',
  'vrm_charge',
  'vrm_set_new_addr',
  'vrm_stat_account',
]);

/** Where the others are. */
const FILES: Readonly<Record<string, string | readonly [Ages, string]>> = {
  __do_munmap: 'mm/mmap.c',
  __get_unmapped_area: 'mm/mmap.c',
  __mm_populate: 'mm/gup.c',
  __mmap_region: 'mm/vma.c',
  __split_vma: [VMA_FILE, 'mm/vma.c'],
  apply_mm_seal: 'mm/mseal.c',
  apply_vma_lock_flags: 'mm/mlock.c',
  can_modify_mm: 'mm/mseal.c',
  copy_vma: [VMA_FILE, 'mm/vma.c'],
  do_mas_align_munmap: 'mm/mmap.c',
  do_mas_munmap: 'mm/mmap.c',
  can_do_mlock: 'mm/mlock.c',
  do_mlock: 'mm/mlock.c',
  do_mmap: 'mm/mmap.c',
  do_mmap_pgoff: 'mm/mmap.c',
  do_mprotect_pkey: 'mm/mprotect.c',
  mprotect_fixup: 'mm/mprotect.c',
  do_mseal: 'mm/mseal.c',
  do_munmap: 'mm/mmap.c',
  do_vmi_align_munmap: [VMA_FILE, 'mm/vma.c'],
  do_vmi_munmap: [VMA_FILE, 'mm/vma.c'],
  get_unmapped_area: 'mm/mmap.c',
  handle_mm_fault: 'mm/memory.c',
  hugetlb_get_unmapped_area: 'fs/hugetlbfs/inode.c',
  ksm_madvise: 'mm/ksm.c',
  make_pages_present: 'mm/memory.c',
  mmap_region: 'mm/mmap.c',
  mremap_userfaultfd_prep: 'fs/userfaultfd.c',
  mseal_apply: 'mm/mseal.c',
  split_vma: [VMA_FILE, 'mm/vma.c'],
  sys_mlock: 'mm/mlock.c',
  sys_mprotect: 'mm/mprotect.c',
  sys_munlock: 'mm/mlock.c',
  sys_munmap: 'mm/mmap.c',
  sys_ni_syscall: 'kernel/sys_ni.c',
  userfaultfd_register: 'fs/userfaultfd.c',
  userfaultfd_register_range: 'mm/userfaultfd.c',
  vms_complete_munmap_vmas: 'mm/vma.c',
  vms_gather_munmap_vmas: 'mm/vma.c',
};

const placeOf = (id: string): number => releases.findIndex((release) => release.id === id);

/** A release that is an edit is as old as what it is an edit of. */
function at(release: Release, ages: Ages, now: string): string {
  const place = placeOf(rootOf(release).id);
  return ages.find(([before]) => place >= 0 && place < placeOf(before))?.[1] ?? now;
}

/** The source file that has the function of a step, such as `mm/vma.c`; undefined for one that is not listed. */
export function fileOf(release: Release, { kernel }: Step): string | undefined {
  if (MREMAP_FUNCTIONS.has(kernel)) return 'mm/mremap.c';
  const known = FILES[kernel];
  return known === undefined || typeof known === 'string' ? known : at(release, ...known);
}

const IN_MREMAP_TO: Ages = [['v2.6.33', 'do_mremap']];
const IN_PLACE: Ages = [
  ['v5.1', 'do_mremap'],
  ['v6.15', 'sys_mremap'],
];

/** Which function of mm/mremap.c calls the one of a step that is elsewhere, by the start of the step's name. */
const CALLERS: readonly (readonly [step: string, ages: Ages, now: string])[] = [
  ['unmap-destination-', IN_MREMAP_TO, 'mremap_to'],
  ['huge-pages-in-task', [], 'mremap_to'],
  ['unmap-source-', [['v6.15', 'move_vma']], 'unmap_source_vma'],
  ['copy-vma', [['v6.15', 'move_vma']], 'copy_vma_and_data'],
  ['disarm-copy', [['v6.15', 'move_vma']], 'copy_vma_and_data'],
  ['unmerge-ksm', [['v6.15', 'move_vma']], 'prep_move_vma'],
];

/** The function of mm/mremap.c that comes to the step by calling a function of another file, if that is known. */
export function callerOf(release: Release, step: Step): string | undefined {
  if (MREMAP_FUNCTIONS.has(step.kernel)) return undefined;
  if (step.name.startsWith('unmap-tail-')) {
    const moves = step.when?.some(({ name }) => name === 'FIXED or DONTUNMAP') === true;
    return at(
      release,
      [...(moves ? [...IN_MREMAP_TO, ['v6.15', 'mremap_to'] as const] : IN_PLACE)],
      'shrink_vma',
    );
  }
  const known = CALLERS.find(([start]) => step.name.startsWith(start));
  return known === undefined ? undefined : at(release, known[1], known[2]);
}
