import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EnumerateBounds, VmaClass } from '../../src/checker/bounds.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { BadInput } from '../../src/input/bad-input.js';
import { invariants } from '../../src/invariants/index.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { releases } from '../../src/model/releases/index.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { GUARDS } from '../../src/model/step.js';
import { applied } from '../../src/patches/apply.js';
import type { WrittenEdit } from '../../src/patches/codec.js';
import { faultOf } from '../../src/patches/sound.js';

// What steps and invariants declare of themselves, so that a search may leave out or put together, must
// hold whatever steps are around them: a reviewer's patch drops, moves and guards any of them.

const named = (kind: VmaClass['kind'], prot: VmaClass['prot']): VmaClass => ({
  kind,
  prot,
  populated: false,
});

const BOUNDS: EnumerateBounds = {
  pages: 3,
  classes: [named('anon', 'rw')],
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [1, 7],
  mremap: {
    flags: [[], ['MAYMOVE'], ['FIXED'], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'FIXED', 'DONTUNMAP']],
    lengths: 'any',
    destinations: 'any',
  },
};

/** What a search finds; of one that cannot be run that it cannot, at whichever call it comes to that. */
function found(release: Release, bounds: EnumerateBounds, reduced: boolean): unknown {
  const options = reduced ? {} : { argumentClasses: false, limitRanges: false, branches: false };
  try {
    return enumeratePart(machine(release), bounds, invariants, options);
  } catch {
    return 'breaks down';
  }
}

/** The release with the edits made; undefined where they cannot be, or make what no search can run. */
function edited(base: Release, edits: readonly WrittenEdit[]): Release | undefined {
  try {
    const release = { ...base, ...applied(base, edits, 'a patch'), id: 'a patch' };
    return faultOf(release, base) === undefined ? release : undefined;
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}

describe('what the reductions find is what all calls do', () => {
  test.each<[string, WrittenEdit]>([
    // An in-place shrink is refused for its arguments, as in no release.
    ['v7.1', { change: 'new-address-needs-maymove', when: ['no MAYMOVE'] }],
    ['v7.1', { change: 'ranges-disjoint', when: [] }],
    // The step that compares anew for huge pages is left.
    ['v7.1', { drop: 'destination-in-task' }],
    ['v6.17', { drop: 'destination-in-task' }],
    // Calls that one step refuses come to it by different ones.
    ['v5.1', { change: 'destination-in-task', when: ['old length zero'] }],
    // A step that is left out where nothing has huge pages is counted for the calls that it is for.
    ['v6.7', { change: 'whole-huge-pages', when: ['growing'] }],
    // Where munmap() refuses less than mremap() does.
    ['v5.1', { call: 'munmap', drop: 'munmap-range-check' }],
  ])('on %s with %j', (base, edit) => {
    const release = edited(releaseByRef(base), [edit]) as Release;
    const bounds = { ...BOUNDS, mremap: { ...BOUNDS.mremap, odd: true } };
    const full = found(release, bounds, false);
    expect(full).toHaveProperty('findings');
    expect(found(release, bounds, true)).toEqual(full);
  });

  test('whatever was asked of the same release before', () => {
    // An in-place shrink is refused for its arguments, which shrink-always-possible looks at.
    const edit: WrittenEdit = { change: 'new-address-needs-maymove', when: ['no MAYMOVE'] };
    const release = edited(releaseByRef('v7.1'), [edit]) as Release;
    const on = machine(release);
    enumeratePart(on, BOUNDS, []);
    expect(enumeratePart(on, BOUNDS, invariants)).toEqual(found(release, BOUNDS, false));
  });

  const guards = fc.subarray(
    GUARDS.map(({ name }) => name),
    { maxLength: 2 },
  );

  /** An edit of a step of mremap(), by its place among them. */
  const edits = fc
    .tuple(fc.constantFrom(...releases), fc.nat(), fc.nat(), guards)
    .chain(([base, i, j, when]) => {
      const names = base.calls.mremap.map(({ name }) => name);
      const [one, other] = [i, j].map((n) => names[n % names.length] as string) as [string, string];
      return fc.record({
        base: fc.constant(base),
        edit: fc.constantFrom<WrittenEdit>(
          { drop: one },
          { change: one, when },
          { move: one, before: other },
          { insert: 'one-more-check', role: 'early', need: j % 7, when, before: one },
        ),
      });
    });

  const classes = fc.constantFrom(
    [named('anon', 'rw')],
    [named('hugetlb', 'r')],
    [named('anon', 'r'), { ...named('anon', 'rw'), locked: true }],
    [named('shm', 'r'), { ...named('anon', 'rw'), sealed: true }],
    [named('ramfs', 'r'), named('special', 'r')],
  );

  property.prop([fc.array(edits, { minLength: 1, maxLength: 2 }), classes, fc.boolean()], {
    numRuns: 40,
  })('whatever is edited', ([first, ...further], kinds, odd) => {
    const { base } = first as { base: Release };
    const all = [first, ...further].flatMap((one) => one?.edit ?? []);
    const release = edited(base, all);
    fc.pre(release !== undefined);
    const bounds = { ...BOUNDS, classes: kinds, mremap: { ...BOUNDS.mremap, odd } };
    expect(found(release, bounds, true)).toEqual(found(release, bounds, false));
  });
});
