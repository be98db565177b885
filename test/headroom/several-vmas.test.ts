import { expect, test } from 'vitest';
import { DONTUNMAP, FIXED, MAYMOVE } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env, NOT_FOLLOWED } from '../../src/model/state.js';
import { Kind, makeVma, Prot, type Vma } from '../../src/model/vma.js';
import { release } from '../support/releases.js';

// What docs/headroom.md says of moves of more VMAs than fit in the windows of its tables: the kernel moves
// each VMA by itself, and the check before the first asks for no more than for one.

const on = machine(release('v7.3'));
const PAGES = 40;

const page = (start: number, pages: number, kind: Kind, prot: Prot): Vma =>
  makeVma({ start, pages, kind, prot, displacement: 0, id: kind === Kind.shm ? 1 : 0 });

/** Unlike its neighbours, so that nothing merges. */
const source = (count: number, gap: 0 | 1): Vma[] =>
  Array.from({ length: count }, (_, i) =>
    page(i * (1 + gap), 1, Kind.anon, i % 2 === 0 ? Prot.r : Prot.rw),
  );

/** Map slots that the move takes, and the fewest with which it is not refused. */
function needsAndAsks(count: number, gap: 0 | 1, flags: number): readonly [number, number] {
  const len = count * (1 + gap) - gap;
  const vmas = [...source(count, gap), page(len + 1, len + 2, Kind.shm, Prot.rw)];
  const call = {
    call: 'mremap',
    addr: 0,
    oldLen: len,
    newLen: len,
    flags,
    newAddr: len + 2,
  } as const;
  const made = (limit: number) => run(on, env(limit, PAGES), vmas, NOT_FOLLOWED, call);
  const needs = made(1000).mapCount - vmas.length;
  let asks = 0;
  while (made(vmas.length + asks).result < 0) asks++;
  return [needs, asks];
}

const COUNTS = [4, 5, 6, 7, 8];

test.each(COUNTS)(
  'DONTUNMAP of %i VMAs without gaps: a slot for each copy, one for the hole',
  (n) => {
    expect(needsAndAsks(n, 0, MAYMOVE | FIXED | DONTUNMAP)).toEqual([n + 1, n + 2]);
  },
);

test.each(COUNTS)('DONTUNMAP of %i VMAs with gaps: each copy makes a hole of its own', (n) => {
  expect(needsAndAsks(n, 1, MAYMOVE | FIXED | DONTUNMAP)).toEqual([2 * n, 2 * n + 1]);
});

test.each(COUNTS)('a move of %i VMAs with gaps: a hole for each, and no slot for a copy', (n) => {
  expect(needsAndAsks(n, 1, MAYMOVE | FIXED)).toEqual([n, n + 2]);
});

test.each(COUNTS)('a move of %i VMAs without gaps needs no more than that of one', (n) => {
  expect(needsAndAsks(n, 0, MAYMOVE | FIXED)).toEqual([1, 4]);
});
