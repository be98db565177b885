import { expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { comparePart } from '../../src/checker/compare.js';
import { differenceOf } from '../../src/checker/difference.js';
import { machine } from '../../src/model/plan.js';
import { differenceText } from '../../src/report/difference.js';
import { release } from '../support/releases.js';

const BOUNDS: EnumerateBounds = {
  pages: 3,
  classes: [{ kind: 'anon', prot: 'r', populated: false }],
  vmas: 3,
  identities: 1,
  displacements: [0],
  limits: [1, 8],
  mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'equal', destinations: 'fits' },
};
const on = [machine(release('v2.6.33')), machine(release('v5.1'))] as const;

test('a class of differences has a smallest call that two releases end differently', () => {
  const { classes } = comparePart(on, BOUNDS);
  const moved = classes.find(({ from, to }) => from.result === 'ok' && to.result === 'ENOMEM');
  if (moved === undefined) throw new Error('v5.1 refuses no move that v2.6.33 makes');
  const difference = differenceOf(on, BOUNDS, moved.witness);
  // move_vma() asks for four map slots, of which the VMA at the destination may have given back one;
  // v5.1 asks for six before it begins.
  expect(moved.headrooms).toEqual([3, 4, 5]);
  expect(difference.before).toHaveLength(1);
  expect(difference.limit).toBe(5);
  expect(difference.history.calls).toHaveLength(1);
  expect(differenceText(difference).split('\n')).toEqual([
    '  set-up    mmap(0, 1, anon r)',
    '            (1 call from an empty window, then max_map_count = 5)',
    '  call      mremap(0, 1, 1, MAYMOVE|FIXED, 1)',
    '  pages      0 1 2',
    '  before    |a|. .    map_count 1 of 5',
    '  v2.6.33    .|a|.    map_count 1 of 5, returns 1',
    '  v5.1      |a|. .    map_count 1 of 5, returns -ENOMEM',
    '            a anon r, . free',
  ]);
});
