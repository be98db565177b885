import { describe, expect, test } from 'vitest';
import { fileOf } from '../../src/docs/spec/kernel-files.js';
import { CALL_NAMES } from '../../src/model/release.js';
import { releases } from '../../src/model/releases/index.js';
import { release } from '../support/releases.js';

/**
 * Functions that mremap() comes by, by their file. Read in the trees of linux-source-6.1 and
 * linux-source-6.12 of Debian, and in that of 6.7.3. For 7.2 in mm/mremap.c as it was in 7.1, from which 7.2 differs in what
 * it does, and the rest as in 6.12.
 */
const READ: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'v6.1': {
    'mm/mremap.c': ['sys_mremap', 'mremap_to', 'vma_to_resize', 'move_vma', 'move_page_tables'],
    'mm/mmap.c': [
      '__split_vma',
      'copy_vma',
      'do_mas_align_munmap',
      'do_mas_munmap',
      'get_unmapped_area',
    ],
    'mm/ksm.c': ['ksm_madvise'],
    'fs/userfaultfd.c': ['mremap_userfaultfd_prep'],
  },
  'v6.7': {
    'mm/mremap.c': ['sys_mremap', 'mremap_to', 'vma_to_resize', 'move_vma', 'move_page_tables'],
    'mm/mmap.c': [
      '__split_vma',
      'copy_vma',
      'do_vmi_align_munmap',
      'do_vmi_munmap',
      'get_unmapped_area',
    ],
    'mm/ksm.c': ['ksm_madvise'],
    'fs/userfaultfd.c': ['mremap_userfaultfd_prep'],
  },
  'v6.12': {
    'mm/mremap.c': ['sys_mremap', 'mremap_to', 'vma_to_resize', 'move_vma', 'move_page_tables'],
    'mm/mmap.c': ['__get_unmapped_area'],
    'mm/vma.c': [
      '__split_vma',
      'copy_vma',
      'do_vmi_align_munmap',
      'do_vmi_munmap',
      'vms_gather_munmap_vmas',
    ],
    'mm/ksm.c': ['ksm_madvise'],
    'fs/userfaultfd.c': ['mremap_userfaultfd_prep'],
  },
  'v7.2': {
    'mm/mremap.c': [
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
      'vrm_calc_charge',
      'vrm_set_new_addr',
      'vrm_stat_account',
    ],
    'mm/vma.c': [
      '__split_vma',
      'copy_vma',
      'do_vmi_align_munmap',
      'do_vmi_munmap',
      'split_vma',
      'vms_gather_munmap_vmas',
    ],
    'mm/ksm.c': ['ksm_madvise'],
    'fs/userfaultfd.c': ['mremap_userfaultfd_prep'],
  },
};

describe.each(Object.entries(READ))('%s', (id, functions) => {
  const on = release(id);

  test.each(on.calls.mremap.map((step) => [step.name, step] as const))(
    '%s stands for a function of that kernel',
    (_, step) => {
      const file = fileOf(on, step);
      expect(file).toBeDefined();
      expect(functions[file as string]).toContain(step.kernel);
    },
  );

  test('every function that was read has a step', () => {
    const named = new Set(on.calls.mremap.map(({ kernel }) => kernel));
    expect(
      Object.values(functions)
        .flat()
        .filter((name) => !named.has(name)),
    ).toEqual([]);
  });
});

test('every step of every call has a function whose file is known', () => {
  for (const one of releases) {
    for (const step of CALL_NAMES.flatMap((call) => one.calls[call])) {
      expect(fileOf(one, step), `${one.id} ${step.name} ${step.kernel}`).toBeDefined();
    }
  }
});

test.each([
  ['v2.6.12', 'flags-known', 'do_mremap'],
  ['v5.1', 'flags-known', 'sys_mremap'],
  ['v6.15', 'flags-known', 'check_mremap_params'],
  // ecc1a8993751 (2.6.33) made mremap_to() and vma_to_resize() of parts of do_mremap().
  ['v2.6.12', 'within-vma', 'do_mremap'],
  ['v2.6.33', 'within-vma', 'vma_to_resize'],
  ['v6.16', 'within-vma', 'resize_is_valid'],
  ['v6.17', 'within-vma', 'check_prep_vma'],
  // 85ea6bdd88a2 (6.15), and back under the lock (7.1).
  ['v6.12', 'early-count-check', 'mremap_to'],
  ['v6.15', 'early-count-check', 'check_mremap_params'],
  ['v7.1', 'early-count-check', 'do_mremap'],
  ['v6.12', 'move-count-check', 'move_vma'],
  ['v6.15', 'move-count-check', 'prep_move_vma'],
  ['v6.16', 'charge-copy', 'vrm_charge'],
  ['v6.17-rc1', 'charge-copy', 'vrm_calc_charge'],
  ['v5.16', 'unmap-destination-count-check', '__do_munmap'],
  ['v6.10', 'unmap-destination-count-check', 'do_vmi_align_munmap'],
])('on %s %s is part of %s()', (id, name, kernel) => {
  expect(release(id).calls.mremap.find((step) => step.name === name)?.kernel).toBe(kernel);
});
