import { expect, test } from 'vitest';
import { stepChanges } from '../../src/docs/spec/step-diff.js';
import { releases } from '../../src/model/releases/index.js';
import { release } from '../support/releases.js';

const between = (before: string, after: string) =>
  stepChanges(release(before).calls.mremap, release(after).calls.mremap);

const named = (before: string, after: string, kind: string): string[] =>
  between(before, after)
    .filter((change) => change.kind === kind)
    .map(({ step }) => step.name);

test('7.2 splits a locked source and asks for more', () => {
  expect(named('v7.1', 'v7.2', 'added')).toEqual(
    expect.arrayContaining(['locked-source-split-start', 'locked-source-split-end']),
  );
  const early = between('v7.1', 'v7.2').find(({ step }) => step.name === 'early-count-check');
  expect(early).toMatchObject({
    kind: 'changed',
    what: [
      'does: refuses if fewer than 4 map slots are left → refuses if fewer than 4 (5 with DONTUNMAP) map slots are left',
    ],
  });
});

test('6.15 moves the early check in front of the lock', () => {
  const changes = between('v6.12', 'v6.15');
  const early = changes.filter(({ step }) => step.name === 'early-count-check');
  expect(early.map((change) => [change.kind, 'moved' in change && change.moved])).toEqual([
    ['added', true],
    ['removed', true],
  ]);
  const place = (name: string): number => changes.findIndex(({ step }) => step.name === name);
  expect(place('early-count-check')).toBeLessThan(place('take-lock'));
});

test('what is not removed and not added is either release, in order', () => {
  for (const [i, after] of releases.entries()) {
    const before = releases[i - 1];
    if (before === undefined) continue;
    const changes = stepChanges(before.calls.mremap, after.calls.mremap);
    const names = (without: string): string[] =>
      changes.filter(({ kind }) => kind !== without).map(({ step }) => step.name);
    expect(names('added')).toEqual(before.calls.mremap.map(({ name }) => name));
    expect(names('removed')).toEqual(after.calls.mremap.map(({ name }) => name));
  }
});

test('a release is no different from itself', () => {
  expect(between('v7.3', 'v7.3').every(({ kind }) => kind === 'same')).toBe(true);
});

test('7.1 asks for 4 under the lock, where 6 were asked for in front of it', () => {
  const early = between('v6.18', 'v7.1').find(
    (change) => change.kind === 'added' && change.step.name === 'early-count-check',
  );
  expect(early).toMatchObject({
    moved: true,
    what: [
      'part of: check_mremap_params → do_mremap',
      'for: FIXED or DONTUNMAP → every call',
      'does: refuses if fewer than 6 map slots are left → refuses if fewer than 4 map slots are left',
    ],
  });
});
