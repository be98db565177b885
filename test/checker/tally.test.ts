import { describe, expect, test } from 'vitest';
import type { EnumerateBounds, VmaClass } from '../../src/checker/bounds.js';
import { addEnumerations, enumeratePart } from '../../src/checker/enumerate.js';
import { causesOf, scopeOf, WorkTally } from '../../src/checker/tally.js';
import { machine } from '../../src/model/plan.js';
import { CALL_NAMES } from '../../src/model/release.js';
import { causeOf } from '../../src/model/step.js';
import { everyRelease, release, releasesBefore } from '../support/releases.js';

// A part that never met an errno must not change the order in which the whole lists them: reports of
// equal searches are equal bytes, in whatever order the parts come in.

const ANON: VmaClass = { kind: 'anon', prot: 'rw', populated: false };

const BOUNDS: EnumerateBounds = {
  pages: 3,
  classes: [ANON],
  vmas: 3,
  identities: 1,
  displacements: [0],
  limits: [0, 8],
  mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' },
};

test('parts put together in any order are the same bytes', () => {
  const on = machine(release('v5.1'));
  const parts = Array.from({ length: 16 }, (_, part) =>
    enumeratePart(on, BOUNDS, [], { part, parts: 16 }),
  );
  const forwards = parts.reduce(addEnumerations);
  const backwards = parts.toReversed().reduce(addEnumerations);
  expect(JSON.stringify(backwards)).toBe(JSON.stringify(forwards));
  expect(Object.keys(forwards.work.results)).toEqual(['ok', 'ENOMEM', 'EFAULT', 'EINVAL']);
});

describe.each(everyRelease)('the steps that are said to refuse on %s', (_id, one) => {
  const on = machine(one);
  const calls = CALL_NAMES;
  const refusing = (given: Partial<EnumerateBounds>): string[] =>
    Object.keys(new WorkTally(on).total(scopeOf({ ...BOUNDS, calls, ...given })).refusals);
  const plain = refusing({});

  test('are none that needs a cause that is not there', () => {
    const there = causesOf({ ...BOUNDS, calls });
    const causes = CALL_NAMES.flatMap((call) => one.calls[call])
      .filter((step) => {
        const cause = causeOf(step);
        return cause !== undefined && !there.has(cause);
      })
      .map(({ name }) => name);
    expect(causes.length).toBeGreaterThan(0);
    expect(plain.filter((name) => causes.includes(name))).toEqual([]);
  });

  test.each([
    [{ resources: { rlimitAs: 3 } }, 'rlimitAs'],
    [{ resources: { rlimitMemlock: 3 } }, 'rlimitMemlock'],
    [{ resources: { commitLimit: 3 } }, 'commitLimit'],
  ] as const)('with %j are those that look at it as well', (given, cause) => {
    const expected = CALL_NAMES.flatMap((call) => one.calls[call]).flatMap((step) =>
      causeOf(step) === cause ? [step.name] : [],
    );
    const more = refusing(given).filter((name) => !plain.includes(name));
    expect(new Set(more)).toEqual(new Set(expected));
  });

  test('each have an errno to refuse with', () => {
    const errnos = CALL_NAMES.flatMap((call) => one.calls[call]).map((step) => step.errnos);
    expect(errnos.filter((list) => list?.length === 0)).toEqual([]);
  });

  test('are charged growth in place only where that is where it is charged (5.16)', () => {
    const named = refusing({ resources: { commitLimit: 3 } });
    const early = releasesBefore('v5.16').some(([id]) => id === one.id);
    expect(named.includes('expand-in-place')).toBe(!early);
    expect(named.includes('charge-growth')).toBe(early);
  });
});

test.each([
  ['mlock', 'locked mappings'],
  ['mseal', 'sealed mappings'],
  ['uffd', 'userfaultfd'],
] as const)('%s() makes %s, whatever is there before', (call, cause) => {
  expect(causesOf({ ...BOUNDS, calls: ['mremap', call] })).toContain(cause);
  expect(causesOf({ ...BOUNDS, calls: ['mremap'] })).not.toContain(cause);
});

test('a step that is left out, as nothing it is about is there, ran where calls come by', () => {
  // Nothing is sealed. The seal is asked for right behind the lookup.
  const { steps, refusals } = enumeratePart(machine(release('v6.17')), BOUNDS, []).work;
  expect(steps['seal-check']).toBeGreaterThan(0);
  expect(steps['seal-check']).toBe(Number(steps['lookup-vma']) - Number(refusals['lookup-vma']));
});

test('only the calls that were made are listed', () => {
  const on = machine(release('v6.12'));
  const { steps } = new WorkTally(on).total(scopeOf({ ...BOUNDS, calls: ['munmap'] }));
  expect(Object.keys(steps)).toEqual(release('v6.12').calls.munmap.map(({ name }) => name));
});

test('errnos of failures are listed where something is made to fail', () => {
  const on = machine(release('v6.12'));
  const results = (given: Partial<EnumerateBounds>): string[] =>
    Object.keys(
      new WorkTally(on).total(scopeOf({ ...BOUNDS, calls: ['munmap'], ...given })).results,
    );
  const sealed = [...BOUNDS.classes, { ...ANON, sealed: true }];
  expect(results({})).toEqual(['ok', 'ENOMEM', 'EINVAL']);
  expect(results({ classes: sealed })).toEqual(['ok', 'EPERM', 'ENOMEM', 'EINVAL']);
  const expand = Object.keys(
    new WorkTally(on).total(scopeOf({ ...BOUNDS, calls: ['touch'], failures: 1 })).results,
  );
  expect(expand).toEqual(['ok', 'EFAULT']);
});
