import { describe, expect, test } from 'vitest';
import { protName } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import { callWith, map, play, protect, resultName, touch, unmap } from '../support/play.js';
import { everyRelease } from '../support/releases.js';

describe.each(everyRelease)('a call that fails half way on %s', (_id, release) => {
  test('mprotect() with one map slot keeps the first split', () => {
    const vmas = play(release, map(0, 6, 'shm'));
    const after = callWith(release, vmas, protect(2, 4, 'r'), 1);
    expect(resultName(after)).toBe('ENOMEM');
    expect(spans(after.vmas)).toEqual(['0-2', '2-6']);
    expect(after.vmas.map(protName)).toEqual(['rw', 'rw']);
  });

  test('mprotect() stops at a gap, and what is before it stays changed', () => {
    const vmas = play(release, map(0, 2, 'shm'), map(3, 5, 'shm'));
    const after = callWith(release, vmas, protect(0, 5, 'r'), 9);
    expect(resultName(after)).toBe('ENOMEM');
    expect(after.vmas.map(protName)).toEqual(['r', 'rw']);
  });

  test('mprotect() moves a border between two VMAs without a map slot', () => {
    const vmas = play(release, map(0, 6, 'fshared'), protect(3, 6, 'r'));
    const after = callWith(release, vmas, protect(2, 3, 'r'), 0);
    expect(after.result).toBe(0);
    expect(spans(after.vmas)).toEqual(['0-2', '2-6']);
  });

  test('munmap() inside a VMA without a map slot changes nothing', () => {
    const vmas = play(release, map(0, 6, 'shm'));
    const after = callWith(release, vmas, unmap(2, 4), 0);
    expect(resultName(after)).toBe('ENOMEM');
    expect(after.vmas).toEqual(vmas);
  });

  test('writing stops at the first page that is not writable, those before are written', () => {
    const vmas = play(release, map(0, 2, 'anon'));
    const after = callWith(release, vmas, touch(0, 3), 9);
    expect(resultName(after)).toBe('EFAULT');
    expect(after.vmas).toEqual(play(release, map(0, 2, 'anon'), touch(0, 2)));
    expect(after.vmas).not.toEqual(vmas);
  });
});
