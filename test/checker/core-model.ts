import type { ReachBounds } from '../../src/checker/bounds.js';
import { reach } from '../../src/checker/reach/reach.js';
import { machine } from '../../src/model/plan.js';
import { release } from '../support/releases.js';

/** One size of the core model, and what a search of all of it must find. */
export interface CoreModelRow {
  readonly pages: number;
  /** max_map_count. */
  readonly limit: number;
  /** mmap() fails while map_count is above this: with a small one most states are reached by mremap() alone. */
  readonly mmapCap: number;
  readonly states: number;
  /** Every call in every state, failing ones included. */
  readonly transitions: number;
  /** Distinct pairs of a state and a different successor. */
  readonly edges: number;
  readonly largestCount: number;
}

const row = (
  pages: number,
  limit: number,
  mmapCap: number,
  states: number,
  transitions: number,
  edges: number,
  largestCount: number,
): CoreModelRow => ({ pages, limit, mmapCap, states, transitions, edges, largestCount });

/**
 * Numbers on which SPIN, Rumur and a separately written explorer agree (edges: two separately written
 * explorers). The core model is v6.12 with private anonymous memory that nobody writes to, of two
 * protections, in an address space that ends with the window.
 */
export const SMALL_ROWS: readonly CoreModelRow[] = [
  row(5, 8, 8, 243, 138_510, 8_158, 5),
  row(6, 8, 8, 729, 780_759, 31_844, 6),
  row(7, 9, 9, 2_187, 4_041_576, 171_186, 7),
  row(7, 9, 1, 2_159, 3_989_832, 126_496, 6),
  row(7, 10, 0, 255, 471_240, 11_892, 4),
  row(7, 8, 1, 2_017, 3_727_416, 61_070, 5),
  row(7, 5, 1, 1_599, 2_954_952, 25_168, 5),
  row(6, 4, 2, 697, 746_487, 14_186, 4),
  row(7, 4, 2, 1_917, 3_542_616, 43_108, 4),
  row(7, 3, 3, 1_917, 3_542_616, 64_216, 4),
  row(7, 6, 6, 2_187, 4_041_576, 91_822, 7),
];

/** As SMALL_ROWS, with eight pages. */
export const LARGE_ROWS: readonly CoreModelRow[] = [
  row(8, 9, 9, 6_561, 19_604_268, 609_312, 8),
  row(8, 4, 4, 6_185, 18_480_780, 292_328, 5),
];

type CoreModelSize = Pick<CoreModelRow, 'pages' | 'limit' | 'mmapCap'>;

export const sizeName = ({ pages, limit, mmapCap }: CoreModelSize): string =>
  `in ${pages} pages, limit ${limit}, mmap() up to ${mmapCap}`;

/** The core model of this size, as bounds of a search. */
export const coreBounds = ({ pages, limit, mmapCap }: CoreModelSize): ReachBounds => ({
  pages,
  limit,
  mmapCap,
  classes: [
    { kind: 'anon', prot: 'r', populated: false },
    { kind: 'anon', prot: 'rw', populated: false },
  ],
  calls: ['mmap', 'munmap', 'mremap'],
  mremap: {
    flags: [[], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'FIXED', 'DONTUNMAP']],
    lengths: 'any',
    destinations: 'fits',
  },
  maxStates: 1_000_000,
});

/** The same row, filled in by a search. */
export function searched({ pages, limit, mmapCap }: CoreModelSize): CoreModelRow {
  const found = reach(machine(release('v6.12')), coreBounds({ pages, limit, mmapCap }), []);
  if (!found.complete) throw new Error('the search has stopped early');
  const { spaces: states, transitions } = found.work;
  const { edges, largestCount } = found;
  return { pages, limit, mmapCap, states, transitions, edges, largestCount };
}
