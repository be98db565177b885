import { describe, expect, test } from 'vitest';
import type { EnumerateBounds, RaceBounds, ReachBounds } from '../../src/checker/bounds.js';
import { callsOf } from '../../src/checker/calls.js';
import { comparePart } from '../../src/checker/compare.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { racePart } from '../../src/checker/race.js';
import { reach } from '../../src/checker/reach/reach.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { invariants } from '../../src/invariants/index.js';
import { resultWithRoom } from '../../src/invariants/precedence.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { releases } from '../../src/model/releases/index.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { releaseNamed } from '../support/patches.js';
import { everyRelease } from '../support/releases.js';
import { coreBounds } from './core-model.js';

// One call of an argument class stands for all of them, and one run of a call for all limits under
// which its checks of map_count answer alike. Here every call is executed under every limit as well.

const FLAGS = [
  [],
  ['MAYMOVE'],
  ['FIXED'],
  ['DONTUNMAP'],
  ['FIXED', 'DONTUNMAP'],
  ['MAYMOVE', 'FIXED'],
  ['MAYMOVE', 'DONTUNMAP'],
  ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
] as const;

const BOUNDS: EnumerateBounds = {
  pages: 3,
  classes: [
    { kind: 'anon', prot: 'rw', populated: true },
    { kind: 'shm', prot: 'r', populated: false },
    { kind: 'ramfs', prot: 'r', populated: false },
  ],
  vmas: 3,
  identities: 1,
  displacements: [0],
  limits: [1, 7],
  mremap: { flags: FLAGS, lengths: 'any', destinations: 'any' },
};

/** Huge pages and arguments of every kind, munmap() among the calls, in a window with half a huge page. */
const ODD: EnumerateBounds = {
  ...BOUNDS,
  classes: [
    { kind: 'hugetlb', prot: 'r', populated: false },
    { kind: 'anon', prot: 'rw', populated: false },
  ],
  vmas: 2,
  limits: [1, 5],
  calls: ['munmap', 'mremap'],
  mremap: {
    ...BOUNDS.mremap,
    flags: [[], ['FIXED'], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'UNKNOWN']],
    odd: true,
  },
};

/** Small, as each failure is another run. */
const FAILING: EnumerateBounds = {
  ...ODD,
  classes: [{ kind: 'special', prot: 'rw', populated: false }],
  limits: [2, 5],
  failures: 2,
  mremap: { ...BOUNDS.mremap, flags: [['MAYMOVE', 'FIXED']] },
};

/** Something without the lock, calls that raise and lower map_count, a reader, and a limit that is lowered. */
const RACES: RaceBounds = {
  ...BOUNDS,
  classes: [{ kind: 'anon', prot: 'rw', populated: true }],
  vmas: 1,
  limits: [4, 8],
  threads: [
    {
      does: 'call',
      calls: [],
      given: [
        { call: 'mremap', addr: 0, oldLen: 1, newLen: 1, flags: 3, newAddr: 1 },
        { call: 'mremap', addr: 0, oldLen: 1, newLen: 1, flags: 3, newAddr: 0 },
      ],
      mremap: BOUNDS.mremap,
    },
    {
      does: 'call',
      calls: [],
      given: [
        { call: 'munmap', addr: 1, len: 1 },
        { call: 'munmap', addr: 0, len: 3 },
        { call: 'mmap', addr: 1, len: 1, kind: 'fshared', prot: 'r', offset: 0 },
      ],
      mremap: BOUNDS.mremap,
    },
    { does: 'lower' },
    { does: 'read' },
  ],
};

/** Edits that put checks where no release has them: what steps declare of themselves must be right there too. */
const PATCHED: readonly (readonly [string, Release])[] = [
  'patches/early-check-sees-the-vmas.ts',
  'test/patches/checks-elsewhere.json',
].map((name) => [name, releaseNamed(name)]);

describe.each([...everyRelease, ...PATCHED])('the reductions of a search on %s', (_id, release) => {
  const on = machine(release);

  const all = enumeratePart(on, BOUNDS, invariants, {
    argumentClasses: false,
    limitRanges: false,
  });

  test.each([
    { argumentClasses: true, limitRanges: false },
    { argumentClasses: false, limitRanges: true },
    { argumentClasses: true, limitRanges: true },
  ])('%j: same counts, verdicts and witnesses as without any', (options) => {
    expect(enumeratePart(on, BOUNDS, invariants, options)).toEqual(all);
  });

  test('huge pages and odd arguments change nothing of that', () => {
    const full = enumeratePart(on, ODD, invariants, {
      argumentClasses: false,
      limitRanges: false,
    });
    expect(enumeratePart(on, ODD, invariants)).toEqual(full);
    expect(full.work.spaces).toBeGreaterThan(5);
  });

  test('a search with failures is the same with and without them', () => {
    const full = enumeratePart(on, FAILING, invariants, {
      argumentClasses: false,
      limitRanges: false,
      branches: false,
    });
    expect(enumeratePart(on, FAILING, invariants)).toEqual(full);
    expect(enumeratePart(on, FAILING, invariants, { branches: false })).toEqual(full);
  });

  test('two releases differ in the same classes without any reduction', () => {
    const pair = [machine(release), machine(releases[0] as Release)] as const;
    const full = comparePart(pair, BOUNDS, { argumentClasses: false, limitRanges: false });
    expect(comparePart(pair, BOUNDS)).toEqual(full);
  });

  test('one call of each argument class reaches what every call reaches, by as many calls', () => {
    const bounds = {
      ...coreBounds({ pages: 4, limit: 6, mmapCap: 6 }),
      mremap: BOUNDS.mremap,
    };
    const reduced = reach(on, bounds, invariants, { argumentClasses: true });
    const full = reach(on, bounds, invariants, { argumentClasses: false });
    expect(reduced).toEqual(full);
    expect(full.complete).toBe(true);
  });

  test('parts of calls that are looked up do what whole calls do', () => {
    const bounds: ReachBounds = {
      ...coreBounds({ pages: 3, limit: 2, mmapCap: 3 }),
      classes: [...BOUNDS.classes.slice(0, 2), { kind: 'anon', prot: 'r', populated: false }],
      calls: ['mmap', 'munmap', 'mprotect', 'touch', 'mremap'],
      mremap: BOUNDS.mremap,
    };
    const ofMap = invariants.filter(({ ofCountsAlone }) => ofCountsAlone === true);
    const whole = reach(on, bounds, ofMap, { argumentClasses: false, segments: false });
    expect(reach(on, bounds, ofMap)).toEqual(whole);
    expect(reach(on, bounds, ofMap, { argumentClasses: false })).toEqual(whole);
    expect(whole.complete).toBe(true);
    expect(ofMap.length).toBeGreaterThan(0);
  });

  test('what no check of map_count refused returns the same with map slots to spare', () => {
    const roomy = env(1000, BOUNDS.pages);
    let refused = 0;
    for (const before of addressSpaces(BOUNDS)) {
      const pages = frameTokens(before, BOUNDS.pages);
      for (const call of callsOf(BOUNDS)) {
        const given = { on, env: env(before.length + 3, BOUNDS.pages), before, pages, call };
        const outcome = run(on, given.env, before, pages, call);
        if (outcome.result < 0) refused++;
        const { result } = run(on, roomy, before, pages, call);
        expect(resultWithRoom({ ...given, outcome })).toBe(result);
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('a thread that pauses only where it matters has the behaviours of one that pauses at every step', () => {
    // The last of the address spaces, one VMA throughout.
    const where = { part: 6, parts: 7 };
    const { interleavings: few, ...reduced } = racePart(on, RACES, invariants, where);
    const { interleavings: many, ...full } = racePart(on, RACES, invariants, {
      ...where,
      blocks: false,
    });
    expect(reduced.races).toBeGreaterThan(0);
    expect(reduced).toEqual(full);
    expect(many).toBeGreaterThan(few);
  });
});
