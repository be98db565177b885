/**
 * The seeded defects that each invariant must catch, in words: on which release, and what is wrong.
 * `test/invariants` makes them, and fails where they are not these.
 */
export const SEEDED_DEFECTS: Readonly<Record<string, readonly string[]>> = {
  'limit-held': ['v6.12: the tail is cut out without a look at map_count'],
  'overshoot-at-most-one': ['v6.12: mmap() does not look at map_count'],
  'mmap-limit-held': ['v6.12: mmap() does not look at map_count'],
  'precheck-enomem-untouched': [
    'v6.12: the early check comes behind the unmapping of the destination',
  ],
  'limit-enomem-untouched': ['v6.12: there is no early check (as before ea2c3f6f5545)'],
  'error-untouched': [
    'v6.17: the source is compared with its VMA behind the unmapping of the destination',
  ],
  'argument-error-untouched': [
    'v6.17: the source is compared with its VMA behind the unmapping of the destination (as up to 6.16)',
  ],
  'eperm-untouched': [
    'v6.10: munmap() splits before it asks whether anything is sealed (as in 6.12)',
  ],
  'destination-kept-on-error': [
    'v6.17: the source is compared with its VMA behind the unmapping of the destination (as up to 6.16)',
  ],
  'errno-precedence-stable': [
    'v6.12: every call asks for a slot before it looks at the VMA (as in 7.1, where it is four)',
  ],
  'sealed-source-eperm': ['v6.12: the early check comes before the lookup (as in 6.15)'],
  'no-needless-enomem': [
    'v6.17: the check for the tail asks for one slot more',
    'v6.17: every call asks for a slot (as in 7.1, where it is four)',
  ],
  'shrink-always-possible': ['v6.12: the tail asks for one map slot more than munmap() does'],
  'tail-cut-at-limit': ['v6.12: every call asks for a slot (as in 7.1, where it is four)'],
  'pages-preserved': [
    'v6.12: the pages stay where they were',
    'v7.1: DONTUNMAP copies the pages instead of moving them',
    'v2.6.33: the source goes when the move is refused',
    'v2.6.33: the VMA behind the destination goes when the move is refused',
  ],
  'success-effect': [
    'v6.12: the source stays mapped',
    'v6.12: the tail stays mapped',
    'v6.12: the VMA behind the destination goes with it',
    'v7.3: DONTUNMAP leaves the source locked',
  ],
  'well-formed': [
    'v6.12: map_count stays as it was when the source is unmapped',
    'v6.12: the destination is not unmapped',
  ],
  'peak-bounded': [
    'v7.1: DONTUNMAP splits the source out of its VMA first',
    'v2.6.33: a call that changes nothing splits the source out of its VMA first',
    'v6.12: the copy is counted twice until the source is unmapped',
  ],
  'multi-move-ineligible-first-untouched': [
    'v6.17: the first VMA is moved before the next is refused for it (as in 6.17-rc1)',
  ],
  'ineligible-alone-moves': ['v6.17: a VMA that may not move with others is refused alone too'],
  'multi-move-at-vma-borders': [
    'v6.17: a page of a VMA that may not move with others has moved when it is refused',
  ],
  'gap-opposite-untouched': ['v6.17: a gap of the source is not kept at the destination'],
  'dontunmap-keeps-source': [
    'v7.1: the source is unmapped with DONTUNMAP too',
    'v7.1: the source is split out of its VMA (as in 7.2, where it is locked)',
  ],
  'unfaulted-offset-is-start': [
    'v7.3: the source keeps its page offset when its anon_vma goes (as in 7.1)',
  ],
  'anon-vma-kept': [
    'v7.3: a copy that merges with unwritten memory loses its anon_vma (as in 6.17)',
  ],
  'sealed-untouched': ['v6.12: nobody asks whether the source is sealed'],
  'total-vm-exact': ['v6.12: the copy is counted a page short'],
  'locked-vm-exact': ['v7.3: the copy of a locked VMA is not counted'],
  'commit-exact': ['v7.3: what the copy grows by is not charged'],
  'commit-exact-on-error': [
    'v7.3: a move whose page tables cannot be moved keeps its charge (as from 5.16 to 7.2)',
  ],
  'resource-limits-held': ['v7.3: nobody asks for RLIMIT_AS'],
  'no-needless-limit-refusal': [
    'v6.16: RLIMIT_AS is looked at before the destination is unmapped (as in 6.17)',
  ],
  'race-enomem-untouched': [
    'v6.12: the early check is made without the lock, and passes before another thread maps',
  ],
  'race-as-sequential': [
    'v7.1: the early check is made without the lock, and sees the peak of an munmap()',
  ],
  'reader-within-limit': ['v2.6.12: munmap() splits without asking for a map slot'],
  'sysctl-enomem-untouched': ['v6.12: nobody asks before the destination goes'],
  'sysctl-as-sequential': [
    'v2.6.33: munmap() reads the limit twice, and the first split stays when the second is refused',
  ],
};
