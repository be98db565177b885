import { describe, expect, test } from 'vitest';
import { releases } from '../../src/model/releases/index.js';
import { releaseByRef, UnknownRelease } from '../../src/model/releases/variant.js';
import { callWith, lock, map, moveKeeping, play, remap, resultName } from '../support/play.js';
import { everyRelease, release } from '../support/releases.js';

describe.each(everyRelease)('the steps of %s', (_id, { calls }) => {
  test('take the lock once, and every count check that unmaps or moves is behind that', () => {
    const locks = calls.mremap.filter((step) => step.takesLock === true);
    expect(locks).toHaveLength(1);
    const lock = calls.mremap.findIndex((step) => step.takesLock === true);
    const unlocked = calls.mremap.slice(0, lock).filter(({ count }) => count !== undefined);
    expect(unlocked.every(({ count }) => count?.role === 'early')).toBe(true);
  });

  test('repeat only from a step that comes before', () => {
    calls.mremap.forEach(({ repeatFrom }, i) => {
      if (repeatFrom === undefined) return;
      const target = calls.mremap.findIndex(({ name }) => name === repeatFrom);
      expect(target).toBeGreaterThanOrEqual(0);
      expect(target).toBeLessThan(i);
    });
  });
});

test('no two releases have the same id', () => {
  expect(new Set(releases.map(({ id }) => id)).size).toBe(releases.length);
});

test('the early check is made without the lock from 6.15 to 7.0 alone', () => {
  const unlocked = releases.filter(({ calls: { mremap } }) => {
    const lock = mremap.findIndex((step) => step.takesLock === true);
    const early = mremap.findIndex((step) => step.count?.role === 'early');
    return early >= 0 && early < lock;
  });
  expect(unlocked.map(({ id }) => id)).toEqual(['v6.15', 'v6.16', 'v6.17-rc1', 'v6.17', 'v6.18']);
});

describe('a reference to a release', () => {
  const shared = play(release('v6.12'), map(0, 4, 'shm'));
  const move = remap(0, 4, 4, ['MAYMOVE', 'FIXED'], 8);

  test('by its id is that release', () => {
    for (const [id, same] of everyRelease) expect(releaseByRef(id)).toBe(same);
  });

  test('with other headrooms asks for those', () => {
    const variant = releaseByRef('v6.12[early=3,move=2]');
    expect(variant.id).toBe('v6.12[early=3,move=2]');
    expect(resultName(callWith(variant, shared, move, 2))).toBe('ENOMEM');
    expect(callWith(variant, shared, move, 3).result).toBe(8);
  });

  test('with a check off does not ask', () => {
    const variant = releaseByRef('v7.1[early=off]');
    expect(callWith(variant, shared, remap(0, 4, 4), 0).result).toBe(0);
    expect(resultName(callWith(variant, shared, move, 1))).toBe('ENOMEM');
    expect(callWith(variant, shared, move, 2).result).toBe(8);
  });

  test('with one headroom asks for it with DONTUNMAP too', () => {
    const variant = releaseByRef('v7.2[early=4]');
    expect(callWith(variant, shared, moveKeeping(0, 4, 8), 4).result).toBe(8);
    expect(resultName(callWith(release('v7.2'), shared, moveKeeping(0, 4, 8), 4))).toBe('ENOMEM');
  });

  test('with one headroom asks for it with DONTUNMAP of a locked VMA too', () => {
    const locked = play(release('v7.3'), map(0, 4, 'anon'), lock(0, 4));
    const call = moveKeeping(0, 2, 8);
    const [as, asking2] = [releaseByRef('v7.3[early=off]'), releaseByRef('v7.3[early=off,move=2]')];
    expect(callWith(as, locked, call, 2).step.name).toBe('move-count-check');
    expect(callWith(asking2, locked, call, 2).result).toBe(8);
  });

  const near = (ones: string): string =>
    `one of those that mremap-check releases lists, such as ${ones}`;
  test.each([
    ['7.2.8', near('v7.2.6 (7.2 to 7.2.6), v7.2.9 (7.2.9)')],
    ['v2.4', near('v2.6.12 (2.6.12 to 2.6.32)')],
    ['v9.9', near('v7')],
    ['', near('v7')],
    ['v6.12[early=5', near('v6.12 (6.12 to 6.14), v6.12.115 (6.12.115 to 6.12.y)')],
    ['v6.12[late=5]', 'early=N, move=N, early=off or move=off in the brackets'],
    ['v6.12[early=-1]', 'early=N, move=N, early=off or move=off in the brackets'],
    ['v6.12[early=1000000]', 'early=N, move=N, early=off or move=off in the brackets, N of up to'],
    ['v6.12[]', 'early=N, move=N, early=off or move=off in the brackets'],
    ['v2.6.33[early=6]', 'checks that v2.6.33 has; it has no early-count-check'],
  ])('that means nothing is refused: %s', (ref, expected) => {
    expect(() => releaseByRef(ref)).toThrow(UnknownRelease);
    expect(() => releaseByRef(ref)).toThrow(`found "${ref}", expected ${expected}`);
  });
});
