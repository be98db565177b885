import { describe, expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { type ConditionBy, coarser } from '../../src/checker/call-case.js';
import { checksOf, withCondition } from '../../src/checker/condition.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { addNeeds, mergedCases, needsPart } from '../../src/checker/needs.js';
import { atLimitName } from '../../src/invariants/at-limit.js';
import type { FlagName } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { invariantFor } from '../../src/verify/execute.js';
import { synthesisBounds } from '../../src/verify/synthesis.js';

const WRITTEN = { kind: 'anon', prot: 'rw', populated: true } as const;

/** One VMA of five pages is all that the greatest needs take. */
const bounds = (...flags: readonly (readonly FlagName[])[]): EnumerateBounds => {
  const all = synthesisBounds(5);
  return { ...all, vmas: 1, classes: [WRITTEN], mremap: { ...all.mremap, flags } };
};

const MOVE = ['limit-held', 'success-effect'];
const EARLY = [...MOVE, 'limit-enomem-untouched/one-vma'];
const promises = (names: readonly string[]) => names.map((name) => invariantFor(atLimitName(name)));

/** What each case has to ask for. */
function needs(
  ref: string,
  check: string,
  by: ConditionBy,
  within: EnumerateBounds,
  names = EARLY,
): Record<string, number | null> {
  const { cases } = needsPart(releaseByRef(ref), check, within, promises(names));
  const merged = mergedCases(cases.map((one) => ({ ...one, name: coarser(by, one.name) })));
  return Object.fromEntries(merged.map(({ name, least }) => [name, least]));
}

const FIXED = ['MAYMOVE', 'FIXED'] as const;
const EARLY_CHECK = 'early-count-check';
const MOVE_CHECK = 'move-count-check';

describe('what checks have to ask for, by hand', () => {
  // One for the copy, one for a source in the middle of its VMA.
  test.each(['v6.12', 'v6.18', 'v7.1[early=off]'])('the move check of %s: 2', (ref) => {
    const found = needs(ref, MOVE_CHECK, 'constant', bounds(['MAYMOVE']), MOVE);
    expect(found).toEqual({ 'any call': 2 });
  });

  test('the move check of 7.1: nothing, since the early one leaves 2 of its 4 in any case', () => {
    const found = needs('v7.1', MOVE_CHECK, 'constant', bounds(['MAYMOVE'], FIXED), MOVE);
    expect(found).toEqual({ 'any call': null });
  });

  test('the move check of 2.6.12: 3, since both splits of the source ask for a slot', () => {
    expect(needs('v2.6.12', MOVE_CHECK, 'constant', bounds(['MAYMOVE']), MOVE)).toEqual({
      'any call': 3,
    });
  });

  test('the early check of 7.1: the destination, the tail, and the 2 of the move check', () => {
    const within = bounds([], ['MAYMOVE'], FIXED);
    expect(needs('v7.1', EARLY_CHECK, 'constant', within)).toEqual({ 'any call': 4 });
    expect(needs('v7.1', EARLY_CHECK, 'shape', within)).toMatchObject({
      'no-op': null,
      'shrink in place': null,
      'grow in place': null,
      'grow, may move': null,
      'FIXED move': 3,
      'FIXED shrink': 4,
    });
  });

  test('the move check of 2.6.33 must not refuse whoever is above the limit by one: the destination is gone by then', () => {
    const within = bounds(FIXED);
    const { cases } = needsPart(
      releaseByRef('v2.6.33'),
      MOVE_CHECK,
      within,
      promises(['limit-enomem-untouched']),
    );
    const [all] = mergedCases(cases.map((one) => ({ ...one, name: '' })));
    expect(all).toMatchObject({ least: null, most: -1 });
  });

  test('it follows what the move check asks for', () => {
    expect(needs('v7.1[move=3]', EARLY_CHECK, 'shape', bounds(FIXED))).toMatchObject({
      'FIXED move': 4,
      'FIXED shrink': 5,
    });
  });

  test('the move check behind no early one: a slot for each cut, of several VMAs for that which is cut', () => {
    // What is moved as a whole ends with as many VMAs as before, so it must not begin above the limit.
    const all = synthesisBounds(5);
    const several = {
      ...all,
      vmas: 2,
      mremap: { ...all.mremap, flags: [FIXED], lengths: 'equal' },
    } as const;
    const found = needs('v6.18[early=off]', MOVE_CHECK, 'facts', several, MOVE);
    for (const source of ['source is mapped', 'source is mapped; locked']) {
      expect(found).toMatchObject({
        [`FIXED move; ${source}`]: 0,
        [`FIXED move; ${source}; source starts inside its VMA`]: 1,
        [`FIXED move; ${source}; source ends inside its VMA`]: 1,
        [`FIXED move; ${source}; source starts inside its VMA; source ends inside its VMA`]: 2,
      });
    }
  });

  test('munmap of a tail: 1 where it leaves a hole in a VMA, nothing elsewhere', () => {
    const found = needs('v6.18', 'unmap-tail-count-check', 'facts', bounds([]), MOVE);
    const asking = Object.entries(found).filter(([, need]) => need !== null);
    expect(asking.length).toBeGreaterThan(0);
    for (const [name, need] of Object.entries(found)) {
      // No other call comes by.
      expect(name).toMatch(/^shrink in place;/);
      expect(need).toBe(name.includes('tail inside a VMA') ? 1 : null);
    }
  });
});

describe('a condition in place of the one that a check has', () => {
  const within = bounds(FIXED);
  const release = releaseByRef('v7.1');
  const asking = promises(EARLY);
  const { cases } = needsPart(release, EARLY_CHECK, within, asking);
  const least = Object.fromEntries(cases.map(({ name, least: need }) => [name, need]));
  const broken = (changed: Record<string, number | null>): number => {
    const condition = { by: 'facts', needs: { ...least, ...changed }, otherwise: 4 } as const;
    const on = machine(withCondition(release, { check: EARLY_CHECK, condition }));
    const { findings } = enumeratePart(on, within, asking);
    return findings.reduce((sum, finding) => sum + finding.broken, 0);
  };

  test('keeps the promises with what has been found', () => {
    expect(broken({})).toBe(0);
  });

  test.each(cases.filter(({ least: need }) => need !== null).map(({ name }) => name))(
    'breaks one with one map slot less: %s',
    (name) => {
      expect(broken({ [name]: (least[name] ?? 0) - 1 })).toBeGreaterThan(0);
    },
  );

  test('is searched alike in parts', () => {
    const parts = [0, 1, 2].map((part) =>
      needsPart(release, EARLY_CHECK, within, asking, { part, parts: 3 }),
    );
    expect(parts.reduce(addNeeds)).toEqual(needsPart(release, EARLY_CHECK, within, asking));
  });
});

test('checks that also do something, or whose refusal nobody hears of, have no other condition', () => {
  const names = (ref: string): string[] => checksOf(releaseByRef(ref)).map(({ name }) => name);
  expect(names('v7.2')).toEqual([
    'early-count-check',
    'unmap-tail-count-check',
    'unmap-destination-count-check',
    'unmap-tail-count-check',
    'move-count-check',
  ]);
  expect(names('v2.6.12')).toEqual(['move-count-check']);
});
