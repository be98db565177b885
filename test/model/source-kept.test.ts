import { describe, expect, test } from 'vitest';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { isAccounted } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import { callWith, map, move, play, touch } from '../support/play.js';

// The munmap() of the source can fail when the pages have moved. The kernel does not report that:
// mremap() returns the new address, and both ranges stay mapped. The count check of move_vma() is
// there so that it does not come to this; these releases are without it.

describe.each([
  'v2.6.33[move=off]',
  'v5.1[early=off,move=off]',
  'v6.12[early=off,move=off]',
  'v7.2[early=off,move=off]',
])('a source that cannot be unmapped on %s', (ref) => {
  const release = releaseByRef(ref);
  const vmas = play(release, map(0, 4, 'anon'), touch(0, 4));
  const after = callWith(release, vmas, move(1, 3, 8), 1);

  test('stays mapped beside its copy, and the call succeeds', () => {
    expect(after.result).toBe(8);
    expect(spans(after.vmas)).toEqual(['0-4', '8-10']);
  });

  test('has lost its pages to the copy', () => {
    expect(after.pages.slice(0, 4)).toEqual([1, 0, 0, 4]);
    expect(after.pages.slice(8, 10)).toEqual([2, 3]);
  });

  test('has lost VM_ACCOUNT, which was hidden from munmap() and is not put back', () => {
    expect(vmas.map(isAccounted)).toEqual([true]);
    expect(after.vmas.map(isAccounted)).toEqual([false, true]);
  });

  test('is unmapped with one map slot more', () => {
    expect(spans(callWith(release, vmas, move(1, 3, 8), 2).vmas)).toEqual(['0-1', '3-4', '8-10']);
  });
});
