import type {
  EnumerateBounds,
  MremapBounds,
  RaceBounds,
  ReachBounds,
  VmaClass,
} from '../src/checker/bounds.js';
import type { CoreSize } from './peers.js';

const anon = (prot: 'r' | 'rw', populated: boolean): VmaClass => ({
  kind: 'anon',
  prot,
  populated,
});

/** The core model of specs/core-model.json as bounds of a reach search. */
export const coreBounds = ({ pages, limit, mmapCap }: CoreSize): ReachBounds => ({
  pages,
  limit,
  mmapCap,
  classes: [anon('r', false), anon('rw', false)],
  calls: ['mmap', 'munmap', 'mremap'],
  mremap: {
    flags: [[], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'FIXED', 'DONTUNMAP']],
    lengths: 'any',
    destinations: 'fits',
  },
  maxStates: 10_000_000,
});

const EVERY_MREMAP: MremapBounds = {
  flags: [
    [],
    ['MAYMOVE'],
    ['FIXED'],
    ['DONTUNMAP'],
    ['FIXED', 'DONTUNMAP'],
    ['MAYMOVE', 'FIXED'],
    ['MAYMOVE', 'DONTUNMAP'],
    ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
  ],
  lengths: 'any',
  destinations: 'any',
};

export const FULL_CLASSES: readonly VmaClass[] = [
  anon('r', false),
  anon('rw', false),
  anon('rw', true),
  { kind: 'fshared', prot: 'rw', populated: false },
];

/** The full model: every mremap() call in every address space. */
export const fullBounds = (
  pages: number,
  classes: readonly VmaClass[] = FULL_CLASSES,
  greatest = 10,
): EnumerateBounds => ({
  pages,
  classes,
  vmas: pages,
  identities: 2,
  displacements: [0],
  limits: [0, greatest],
  mremap: EVERY_MREMAP,
});

/** Two threads that move what they like to where they like, every pair of calls. */
export function twoMovers(pages: number): RaceBounds {
  const { mremap: _, ...space } = fullBounds(pages);
  const mremap = { flags: [['MAYMOVE', 'FIXED']], lengths: 'equal', destinations: 'fits' } as const;
  const mover = { does: 'call', calls: ['mremap'], given: [], mremap } as const;
  return { ...space, limits: [0, 10], threads: [mover, mover] };
}

/** Everything that calls build of anonymous memory, under a limit that lets no move through. */
export const reachBounds = (pages: number): ReachBounds => ({
  pages,
  limit: 3,
  mmapCap: 3,
  classes: [anon('r', false), anon('rw', false)],
  calls: ['mmap', 'munmap', 'mprotect', 'touch', 'mremap'],
  mremap: { ...EVERY_MREMAP, destinations: 'fits' },
  maxStates: 10_000_000,
});

/** The same where moves get through, and pages are up to two from where they were mapped. */
export const movingBounds = (pages: number): ReachBounds => ({
  ...reachBounds(pages),
  limit: 8,
  mmapCap: 8,
  displacements: [-2, -1, 0, 1, 2],
});
