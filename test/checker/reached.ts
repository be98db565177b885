import type { ReachBounds, VmaClass } from '../../src/checker/bounds.js';
import { Expander } from '../../src/checker/reach/expander.js';
import { Fresh } from '../../src/checker/reach/fresh.js';
import type { Vmas } from '../../src/model/address-space.js';
import { machine } from '../../src/model/plan.js';
import type { CallName, Release } from '../../src/model/release.js';
import type { KindName } from '../../src/model/vma.js';

/** Where calls build, and what they map. */
export interface Window {
  readonly pages: number;
  readonly kinds: readonly KindName[];
  readonly calls?: readonly CallName[];
  readonly limit?: number;
  readonly odd?: true;
}

export const DISPLACEMENTS = [-1, 0, 1];

export const mapped = ({ kinds }: Window): VmaClass[] =>
  kinds.flatMap((kind) => [
    { kind, prot: 'r', populated: false },
    { kind, prot: 'rw', populated: false },
  ]);

/** What calls of a release build from an empty window. */
export function reached(release: Release, window: Window): Vmas[] {
  const { pages, calls = [], limit = 100, odd = false } = window;
  const bounds: ReachBounds = {
    pages,
    limit,
    mmapCap: limit,
    classes: mapped(window),
    calls: ['mmap', 'munmap', 'mprotect', 'touch', 'mremap', ...calls],
    mremap: {
      flags: [
        [],
        ['MAYMOVE'],
        ['MAYMOVE', 'FIXED'],
        ['MAYMOVE', 'DONTUNMAP'],
        ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
      ],
      lengths: 'any',
      destinations: 'any',
      odd,
    },
    displacements: DISPLACEMENTS,
    maxStates: Number.MAX_SAFE_INTEGER,
  };
  const expander = new Expander(machine(release), bounds, [], {});
  const fresh = new Fresh(expander, bounds);
  const states = new Map<string, Vmas>([['', []]]);
  for (const state of states.values()) {
    expander.expand(0, state);
    for (const space of fresh.take()) {
      const vmas = expander.space(space);
      states.set(vmas.join(), vmas);
    }
  }
  return [...states.values()];
}
