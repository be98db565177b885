import { describe, expect, test } from 'vitest';
import type { Call } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import { releases } from '../../src/model/releases/index.js';
import { callWith, map, moveKeeping, play, protect, remap, touch, unmap } from '../support/play.js';
import { everyMainline } from '../support/releases.js';

// How many map slots a call asks for in each release: the constants of the checks as the kernel has
// them, and what munmap() takes on the way to a check that comes later. Objects that never merge are
// mapped, so that every copy is a VMA of its own.

/** Not looked at: the call succeeds above the limit too. */
const ANY = -3;

/** The least headroom with which the call succeeds; with more it must not fail again. */
function leastHeadroom(release: Release, setup: readonly Call[], call: Call): number | 'never' {
  const vmas = play(release, ...setup);
  const succeeds: boolean[] = [];
  for (let h = ANY; h <= 10; h++) succeeds.push(callWith(release, vmas, call, h).result >= 0);
  const first = succeeds.indexOf(true);
  if (first < 0) return 'never';
  expect(succeeds.slice(first)).not.toContain(false);
  return ANY + first;
}

interface Row {
  readonly call: Call;
  readonly what: string;
  readonly why: string;
  readonly setup: readonly Call[];
  /** By the first release for which the number holds. */
  readonly needs: Readonly<Record<string, number | 'never'>>;
}

const FIXED = ['MAYMOVE', 'FIXED'] as const;
const object = map(0, 4, 'shm');
const other = map(8, 12, 'shm');

const rows: readonly Row[] = [
  {
    what: 'mremap() that changes nothing',
    why: '7.1 checks every call, early',
    setup: [object],
    call: remap(0, 4, 4),
    needs: { 'v2.6.12': ANY, 'v7.1': 4 },
  },
  {
    what: 'shrinking in place up to the end of the VMA',
    why: 'trimming an edge adds no VMA, but up to 2.6.32 its split asks; 7.1 checks every call, early',
    setup: [object],
    call: remap(0, 4, 2),
    needs: { 'v2.6.12': 1, 'v2.6.33': ANY, 'v7.1': 4 },
  },
  {
    what: 'shrinking in place, the tail inside the VMA',
    why: 'munmap() asks map_count < max_map_count for a hole, up to 2.6.32 at both splits; 7.1 checks every call, early',
    setup: [object],
    call: remap(0, 2, 1),
    needs: { 'v2.6.12': 2, 'v2.6.33': 1, 'v7.1': 4 },
  },
  {
    what: 'growing in place',
    why: 'extending a VMA adds none; 7.1 checks every call, early',
    setup: [object],
    call: remap(0, 4, 6),
    needs: { 'v2.6.12': ANY, 'v7.1': 4 },
  },
  {
    what: 'growing by a move',
    why: 'move_vma() refuses at map_count >= max_map_count - 3; from 7.1 on the early 4 is more than its 2',
    setup: [object, map(4, 5, 'shm')],
    call: remap(0, 4, 5, ['MAYMOVE']),
    needs: { 'v2.6.12': 4 },
  },
  {
    what: 'a move into free space',
    why: 'before 5.1 move_vma() alone asks; ea2c3f6f5545 asks map_count + 2 < max_map_count - 3; 7.1 for 4',
    setup: [object],
    call: remap(0, 4, 4, FIXED, 8),
    needs: { 'v2.6.12': 4, 'v5.1': 6, 'v7.1': 4 },
  },
  {
    what: 'a move into the inside of another VMA',
    why: 'before 5.1 the hole for the destination has taken a slot when move_vma() asks for 4',
    setup: [object, other],
    call: remap(0, 2, 2, FIXED, 9),
    needs: { 'v2.6.12': 5, 'v5.1': 6, 'v7.1': 4 },
  },
  {
    what: 'a shrinking move, tail and destination inside their VMAs',
    why: 'before 5.1 both holes have taken a slot when move_vma() asks for 4',
    setup: [object, other],
    call: remap(0, 2, 1, FIXED, 9),
    needs: { 'v2.6.12': 6, 'v5.1': 6, 'v7.1': 4 },
  },
  {
    what: 'DONTUNMAP of anonymous memory',
    why: 'unknown before 5.7; the early check, for which 7.2 asks one more',
    setup: [map(0, 4, 'anon'), touch(0, 4)],
    call: moveKeeping(0, 4, 8),
    needs: { 'v2.6.12': 'never', 'v5.7': 6, 'v7.1': 4, 'v7.2': 5 },
  },
  {
    what: 'DONTUNMAP of shared memory',
    why: 'EINVAL up to 5.12, for private anonymous memory was all it took (a4609387859f)',
    setup: [object],
    call: moveKeeping(0, 4, 8),
    needs: { 'v2.6.12': 'never', 'v5.13': 6, 'v7.1': 4, 'v7.2': 5 },
  },
  {
    what: 'munmap() inside a VMA',
    why: 'up to 2.6.32 split_vma() asks at each of the two splits; 659ace584e7a: asked once, for a hole inside one VMA',
    setup: [object],
    call: unmap(1, 3),
    needs: { 'v2.6.12': 2, 'v2.6.33': 1 },
  },
  {
    what: 'munmap() at the edges of two VMAs',
    why: 'up to 2.6.32 split_vma() asks at each of the two splits; 659ace584e7a: no more VMAs in the end, so nothing is asked',
    setup: [object, map(4, 8, 'shm')],
    call: unmap(2, 6),
    needs: { 'v2.6.12': 2, 'v2.6.33': ANY },
  },
  {
    what: 'mmap() into free space',
    why: 'do_mmap() refuses only above the limit, since the new range may merge',
    setup: [object],
    call: map(8, 10, 'shm'),
    needs: { 'v2.6.12': 0 },
  },
  {
    what: 'mmap() into the inside of a VMA',
    why: 'the munmap() in it asks for the hole, up to 2.6.32 at both splits',
    setup: [object],
    call: map(1, 3, 'shm'),
    needs: { 'v2.6.12': 2, 'v2.6.33': 1 },
  },
  {
    what: 'mprotect() inside a VMA',
    why: 'split_vma() asks at each of the two splits',
    setup: [object],
    call: protect(1, 3, 'r'),
    needs: { 'v2.6.12': 2 },
  },
  {
    what: 'mprotect() at the edge of a VMA',
    why: 'split_vma() asks once',
    setup: [object],
    call: protect(0, 3, 'r'),
    needs: { 'v2.6.12': 1 },
  },
];

/** The need of a release is that of the last release named up to it. */
function needOf(release: Release, needs: Row['needs']): number | 'never' {
  let need: number | 'never' | undefined;
  for (const { id } of releases) {
    need = needs[id] ?? need;
    if (id === release.id) break;
  }
  if (need === undefined) throw new Error(`no need given for ${release.id}`);
  return need;
}

for (const { what, why, setup, call, needs } of rows) {
  describe(`${what}: ${why}`, () => {
    test.each(everyMainline)('%s', (_id, release) => {
      expect(leastHeadroom(release, setup, call)).toBe(needOf(release, needs));
    });
  });
}
