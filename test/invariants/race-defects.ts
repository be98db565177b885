import type { RaceBounds, RaceThread } from '../../src/checker/bounds.js';
import { flagBits } from '../../src/model/calls.js';
import { dropped, moved } from '../../src/model/edits.js';
import type { Release } from '../../src/model/release.js';
import { release } from '../support/releases.js';

/** A release with a defect that an invariant about threads must find, and where to look for it. */
export interface RaceDefect {
  readonly invariant: string;
  readonly what: string;
  readonly original: Release;
  readonly mutant: Release;
  /** Small, and such that the original keeps the invariant. */
  readonly bounds: RaceBounds;
}

const MOVES = { flags: [['MAYMOVE', 'FIXED']], lengths: 'equal', destinations: 'fits' } as const;
const moves: RaceThread = { does: 'call', calls: ['mremap'], given: [], mremap: MOVES };
const unmaps: RaceThread = { does: 'call', calls: ['munmap'], given: [], mremap: MOVES };

/** Moves page 0 onto page 1. */
const moveOne: RaceThread = {
  does: 'call',
  calls: [],
  given: [
    {
      call: 'mremap',
      addr: 0,
      oldLen: 1,
      newLen: 1,
      flags: flagBits(['MAYMOVE', 'FIXED']),
      newAddr: 1,
    },
  ],
  mremap: MOVES,
};

/** Splits two VMAs off. */
const protectOne: RaceThread = {
  does: 'call',
  calls: [],
  given: [{ call: 'mprotect', addr: 3, len: 1, prot: 'r' }],
  mremap: MOVES,
};

const within = (
  pages: number,
  vmas: number,
  limits: readonly [number, number],
  ...threads: readonly RaceThread[]
): RaceBounds => ({
  pages,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas,
  identities: 1,
  displacements: [0],
  limits,
  threads,
});

/** The early check is made before the lock is taken, as in 6.15. */
const withEarlyUnlocked = moved('mremap', 'early-count-check', { before: 'take-lock' });

/** The same mremap() and another munmap(). */
const withMunmapOf = (of: Release, other: Release): Release => ({
  ...of,
  calls: { ...of.calls, munmap: other.calls.munmap },
});

const v2_6_12 = release('v2.6.12');
const v2_6_33 = release('v2.6.33');
const v6_12 = release('v6.12');
const v7_1 = release('v7.1');

export const raceDefects: readonly RaceDefect[] = [
  {
    invariant: 'race-enomem-untouched',
    what: 'the early check is made without the lock, and passes before another thread maps',
    original: v6_12,
    mutant: withEarlyUnlocked(v6_12),
    bounds: within(5, 1, [7, 7], moveOne, protectOne),
  },
  {
    invariant: 'race-as-sequential',
    what: 'the early check is made without the lock, and sees the peak of an munmap()',
    original: v7_1,
    mutant: withEarlyUnlocked(v7_1),
    bounds: within(3, 1, [6, 6], moveOne, unmaps),
  },
  {
    invariant: 'reader-within-limit',
    what: 'munmap() splits without asking for a map slot',
    original: v2_6_12,
    mutant: withMunmapOf(v2_6_12, v2_6_33),
    bounds: within(3, 2, [1, 3], unmaps, { does: 'read' }),
  },
  {
    invariant: 'sysctl-enomem-untouched',
    what: 'nobody asks before the destination goes',
    original: v6_12,
    mutant: dropped('mremap', 'early-count-check')(v6_12),
    // Under no such limit does the early check let anything pass.
    bounds: within(3, 1, [3, 5], moves, { does: 'lower' }),
  },
  {
    invariant: 'sysctl-as-sequential',
    what: 'munmap() reads the limit twice, and the first split stays when the second is refused',
    original: v2_6_33,
    mutant: withMunmapOf(v2_6_33, v2_6_12),
    bounds: within(3, 1, [1, 3], unmaps, { does: 'lower' }),
  },
];
