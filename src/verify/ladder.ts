import type { EnumerateBounds, RaceBounds } from '../checker/bounds.js';
import type { WrittenBounds, WrittenRaceBounds } from '../specs/codec.js';
import { enumerateBounds, raceBounds } from '../specs/load.js';

/** One of the searches of a rung. */
export type RungSearch =
  | { readonly kind: 'enumerate'; readonly bounds: EnumerateBounds }
  | { readonly kind: 'race'; readonly bounds: RaceBounds };

/** Something that may break a promise, and the searches that try it. */
export interface Rung {
  /** A word of at most five letters, for a cell of a table. */
  readonly id: string;
  /** What it takes, in words. */
  readonly takes: string;
  readonly searches: readonly RungSearch[];
  /** A call without which there is nothing to try: releases that do not know it are not asked. */
  readonly needs?: 'mseal' | 'uffd';
  /** max_map_count may be below map_count when a call begins; elsewhere such calls count for nothing. */
  readonly aboveLimit?: true;
}

const calls = (written: WrittenBounds): RungSearch => ({
  kind: 'enumerate',
  bounds: enumerateBounds(written),
});

const race = (written: WrittenRaceBounds): RungSearch => ({
  kind: 'race',
  bounds: raceBounds(written),
});

type Flags = Exclude<WrittenBounds['flags'], 'any' | undefined>;

/** Flags without DONTUNMAP. */
const PLAIN: Flags = [[], ['MAYMOVE'], ['MAYMOVE', 'FIXED']];
const TO_FIXED: Flags = [['MAYMOVE', 'FIXED']];
/** A move to a place in the window. */
const MOVE = { flags: TO_FIXED, lengths: 'equal', destinations: 'fits' } as const;

/**
 * What may break a promise, the most ordinary first. Bounds are written as in specs; what is small
 * on one rung may be larger on the next, but a rung does not repeat all that is below it.
 */
export const ladder: readonly Rung[] = [
  {
    id: 'one',
    takes: 'one VMA of anonymous memory',
    searches: [
      calls({
        pages: 5,
        vmas: 1,
        classes: ['anon rw', 'anon rw populated'],
        limits: [1, 8],
      }),
    ],
  },
  {
    id: 'two',
    takes: 'two VMAs',
    searches: [
      calls({
        pages: 4,
        vmas: 2,
        classes: ['anon r', 'anon rw', 'anon rw populated'],
        limits: [1, 8],
      }),
    ],
  },
  {
    id: 'gap',
    takes: 'two VMAs with a gap between them, in a longer window',
    searches: [
      calls({ pages: 8, vmas: 2, classes: ['anon r', 'anon rw'], limits: [5, 8], ...MOVE }),
    ],
  },
  {
    id: 'three',
    takes: 'three VMAs',
    searches: [calls({ pages: 5, vmas: 3, classes: ['anon r', 'anon rw'], limits: [1, 9] })],
  },
  {
    id: 'moved',
    takes: 'memory that was written and moved before',
    searches: [
      calls({
        pages: 4,
        vmas: 2,
        classes: ['anon rw', 'anon rw populated'],
        displacements: [0, 1],
        limits: [1, 8],
      }),
    ],
  },
  {
    id: 'calls',
    takes: 'another call than mremap()',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon r', 'anon rw', 'anon rw populated'],
        limits: [1, 8],
        calls: ['mmap', 'munmap', 'mprotect'],
      }),
    ],
  },
  {
    id: 'file',
    takes: 'a file or shared memory',
    searches: [
      calls({
        pages: 4,
        vmas: 2,
        classes: ['anon rw', 'fpriv rw populated', 'fshared rw', 'shm rw'],
        identities: 1,
        limits: [1, 9],
      }),
      calls({
        pages: 3,
        vmas: 2,
        classes: ['fpriv rw populated', 'fshared r', 'shm rw'],
        displacements: [0, 1],
        limits: [1, 8],
        calls: ['mmap', 'munmap', 'mprotect', 'mremap'],
      }),
    ],
  },
  {
    id: 'lock',
    takes: 'locked memory',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon rw', 'anon rw populated locked'],
        identities: 1,
        limits: [1, 9],
        calls: ['mmap', 'munmap', 'mlock', 'munlock', 'mremap'],
      }),
    ],
  },
  {
    id: 'seal',
    takes: 'sealed memory',
    needs: 'mseal',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon rw', 'anon rw sealed'],
        limits: [1, 9],
        calls: ['mmap', 'munmap', 'mprotect', 'mseal', 'mremap'],
      }),
    ],
  },
  {
    id: 'odd',
    takes: 'arguments that are zero, unaligned or out of range',
    searches: [
      calls({
        pages: 3,
        vmas: 2,
        classes: ['fshared r', 'anon rw populated'],
        limits: [1, 8],
        arguments: 'any',
      }),
    ],
  },
  {
    id: 'drv',
    takes: 'a driver mapping',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['special rw', 'anon rw'],
        limits: [1, 9],
        calls: ['mmap', 'munmap', 'mremap'],
      }),
    ],
  },
  {
    id: 'huge',
    takes: 'huge pages',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['hugetlb rw', 'anon rw'],
        limits: [1, 9],
        calls: ['mmap', 'munmap', 'mremap'],
      }),
    ],
  },
  {
    id: 'ramfs',
    takes: 'a file with its own get_unmapped_area',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['ramfs rw', 'fshared rw', 'anon rw'],
        limits: [1, 9],
        ...MOVE,
      }),
      calls({
        pages: 6,
        vmas: 3,
        classes: ['ramfs rw', 'anon rw'],
        limits: [12, 12],
        ...MOVE,
      }),
    ],
  },
  {
    id: 'uffd',
    takes: 'memory registered with userfaultfd',
    needs: 'uffd',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon rw armed', 'anon rw'],
        limits: [1, 9],
        calls: ['uffd', 'munmap', 'mremap'],
      }),
      calls({
        pages: 6,
        vmas: 3,
        classes: ['anon rw armed', 'anon rw'],
        limits: [12, 12],
        ...MOVE,
      }),
    ],
  },
  {
    id: 'rlim',
    takes: 'a limit on mapped, locked or committed pages',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon r', 'anon rw'],
        limits: [12, 12],
        rlimitAs: 2,
        calls: ['mmap', 'mremap'],
      }),
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon rw populated locked'],
        identities: 1,
        limits: [12, 12],
        rlimitMemlock: 2,
      }),
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon r', 'anon rw', 'anon rw populated'],
        identities: 1,
        limits: [12, 12],
        commitLimit: 2,
        calls: ['mmap', 'mprotect', 'mremap'],
      }),
    ],
  },
  {
    id: 'above',
    takes: 'max_map_count lowered below map_count before the call',
    aboveLimit: true,
    searches: [
      calls({
        pages: 4,
        vmas: 4,
        classes: ['anon r', 'anon rw'],
        limits: [0, 3],
        calls: ['mmap', 'munmap', 'mprotect', 'mremap'],
      }),
    ],
  },
  {
    id: 'fail',
    takes: 'an allocation, charge, veto or move of page tables that fails',
    searches: [
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon rw populated', 'fshared r'],
        identities: 1,
        limits: [12, 12],
        failures: 1,
      }),
      calls({
        pages: 4,
        vmas: 3,
        classes: ['anon rw populated', 'anon r populated'],
        identities: 1,
        limits: [1, 7],
        failures: 1,
        flags: PLAIN,
      }),
      calls({
        pages: 3,
        vmas: 3,
        classes: ['anon rw populated', 'anon r populated'],
        identities: 1,
        limits: [3, 5],
        failures: 1,
        calls: ['mmap', 'munmap', 'mprotect'],
      }),
    ],
  },
  {
    id: 'fail2',
    takes: 'two of these that fail in one call',
    searches: [
      calls({
        pages: 4,
        vmas: 2,
        classes: ['anon rw populated'],
        identities: 1,
        limits: [12, 12],
        failures: 2,
      }),
    ],
  },
  {
    id: 'race',
    takes: 'a call of another thread at the same time',
    searches: [
      race({
        pages: 3,
        classes: ['anon rw'],
        limits: [8, 8],
        threads: [{ calls: ['mremap'], ...MOVE }, { calls: ['munmap'] }],
      }),
      race({
        pages: 5,
        vmas: 1,
        classes: ['anon rw'],
        limits: [6, 7],
        threads: [
          { calls: ['mremap'], ...MOVE },
          {
            calls: [1, 2, 3].map((addr) => ({
              call: 'mprotect' as const,
              addr,
              len: 1,
              prot: 'r' as const,
            })),
          },
        ],
      }),
    ],
  },
  {
    id: 'read',
    takes: 'a reader of map_count that does not wait for the lock',
    searches: [
      race({
        pages: 3,
        classes: ['anon rw'],
        limits: [1, 5],
        threads: [{ calls: ['munmap', 'mremap'], ...MOVE }, { reader: true }],
      }),
    ],
  },
  {
    id: 'lower',
    takes: 'max_map_count lowered during the call',
    searches: [
      race({
        pages: 4,
        vmas: 1,
        classes: ['anon rw populated'],
        limits: [1, 7],
        threads: [{ calls: ['mremap'], ...MOVE }, { sysctl: 'lower' }],
      }),
    ],
  },
];
