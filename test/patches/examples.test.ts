import { describe, expect, test } from 'vitest';
import type { EnumerateBounds, RaceBounds } from '../../src/checker/bounds.js';
import { coarseClasses } from '../../src/checker/coarse.js';
import { comparePart } from '../../src/checker/compare.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { racePart } from '../../src/checker/race.js';
import { invariantById, invariants } from '../../src/invariants/index.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { flagBits } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { releaseNamed } from '../support/patches.js';
import { callWith, map, move, play, remap, resultName } from '../support/play.js';
import { release } from '../support/releases.js';

const BOUNDS: EnumerateBounds = {
  pages: 4,
  classes: [
    { kind: 'anon', prot: 'rw', populated: true },
    { kind: 'fshared', prot: 'r', populated: false },
  ],
  vmas: 4,
  identities: 1,
  displacements: [0],
  limits: [0, 8],
  mremap: {
    flags: [
      [],
      ['MAYMOVE'],
      ['MAYMOVE', 'FIXED'],
      ['MAYMOVE', 'DONTUNMAP'],
      ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
    ],
    lengths: 'any',
    destinations: 'any',
  },
};
const ODD: EnumerateBounds = { ...BOUNDS, vmas: 2, mremap: { ...BOUNDS.mremap, odd: true } };

/** A move onto another page beside an mprotect() that splits, and an munmap(). */
const RACES: RaceBounds = {
  pages: 5,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas: 1,
  identities: 1,
  displacements: [0],
  limits: [4, 8],
  threads: [
    {
      does: 'call',
      calls: [],
      given: [
        {
          call: 'mremap',
          addr: 0,
          oldLen: 1,
          newLen: 1,
          flags: flagBits(['MAYMOVE', 'FIXED']),
          newAddr: 1,
        },
        { call: 'mremap', addr: 0, oldLen: 1, newLen: 1, flags: 0, newAddr: 0 },
      ],
      mremap: BOUNDS.mremap,
    },
    {
      does: 'call',
      calls: [],
      given: [
        { call: 'mprotect', addr: 3, len: 1, prot: 'r' },
        { call: 'munmap', addr: 1, len: 1 },
      ],
      mremap: BOUNDS.mremap,
    },
  ],
};

const differences = (a: Release, b: Release, bounds: EnumerateBounds) =>
  coarseClasses(comparePart([machine(a), machine(b)], bounds).classes).map(
    ({ shape, from, to, headroom }) => `${shape}: ${from} -> ${to} at ${headroom.join(' to ')}`,
  );

/** The steps of mremap() as they read in the kernel: what is asked when, where, and how much. */
const listOf = ({ calls }: Release) =>
  calls.mremap.map(({ name, kernel, does, when, count }) => ({
    name,
    kernel,
    does,
    when: when?.map((guard) => guard.name),
    count,
  }));

const asked = (id: string): Invariant => invariantById(id) as Invariant;

/**
 * Which of these promises some call within the bounds breaks.
 *
 * @param parts every so many-th address space
 */
function broken(of: Release, bounds: EnumerateBounds, ids: readonly string[], parts = 1): string[] {
  const { findings } = enumeratePart(machine(of), bounds, ids.map(asked), { part: 0, parts });
  for (const finding of findings) expect(finding.applied).toBeGreaterThan(0);
  return findings.filter(({ witnesses }) => witnesses.length > 0).map(({ invariant }) => invariant);
}

describe('the patch of 2019 on 5.0', () => {
  const patched = releaseNamed('patches/2019-02-bail-out-earlier.json');

  test('does what 5.1 does, whatever the address space, the limit and the call', () => {
    expect(differences(patched, release('v5.1'), BOUNDS)).toEqual([]);
    expect(differences(patched, release('v2.6.33'), BOUNDS)).not.toEqual([]);
  });

  test('keeps the promise that 5.0 breaks', () => {
    expect(broken(release('v2.6.33'), BOUNDS, ['limit-enomem-untouched'])).toHaveLength(1);
    expect(broken(patched, BOUNDS, ['limit-enomem-untouched'])).toEqual([]);
  });
});

describe('the three patches of 2026 on 7.0', () => {
  const [first, second, third] = [
    'patches/2026-03-1-correct-count-check.json',
    'patches/2026-03-2-read-limit-once.json',
    'patches/2026-03-3-check-under-lock.json',
  ].map(releaseNamed) as [Release, Release, Release];
  const vma = play(release('v7.1'), map(0, 4, 'shm'));

  test('make 7.1 of it: the list of steps, and every outcome', () => {
    expect(listOf(third)).toEqual(listOf(release('v7.1')));
    expect(differences(third, release('v7.1'), BOUNDS)).toEqual([]);
    expect(differences(third, release('v7.1'), ODD)).toEqual([]);
  });

  test('make 7.1 of it beside other threads too', () => {
    const found = (of: Release) => racePart(machine(of), RACES, invariants);
    const before = found(release('v6.18'));
    const after = found(third);
    expect(after).toEqual(found(release('v7.1')));
    const races = (all: typeof after) =>
      all.findings.find(({ invariant }) => invariant === 'race-enomem-untouched')?.witnesses.length;
    expect(races(before)).toBeGreaterThan(0);
    expect(races(after)).toBe(0);
  });

  test('one by one: the first lets moves pass at 4 and 5, and leaves calls in place alone', () => {
    expect(resultName(callWith(release('v6.18'), vma, move(0, 4, 8), 5))).toBe('ENOMEM');
    expect(resultName(callWith(first, vma, move(0, 4, 8), 4))).toBe('ok');
    expect(resultName(callWith(first, vma, move(0, 4, 8), 3))).toBe('ENOMEM');
    expect(resultName(callWith(first, vma, remap(0, 4, 4), 0))).toBe('ok');
  });

  test('one by one: the second changes nothing that a caller sees', () => {
    expect(second.calls).toBe(second.base?.calls);
    expect(second.base?.id).toBe(first.id);
  });

  test('one by one: the third takes from calls in place what they had', () => {
    expect(resultName(callWith(third, vma, remap(0, 4, 4), 3))).toBe('ENOMEM');
    expect(resultName(callWith(third, vma, remap(0, 4, 4), 4))).toBe('ok');
  });

  test('the third alone on 7.0 asks every call for 6, under the lock', () => {
    const alone = releaseNamed('patches/2026-03-3-check-under-lock.json@v7.0');
    expect(resultName(callWith(alone, vma, remap(0, 4, 4), 5))).toBe('ENOMEM');
    const { findings } = racePart(machine(alone), RACES, [asked('race-as-sequential')]);
    expect(findings[0]?.applied).toBeGreaterThan(0);
    expect(findings[0]?.witnesses).toEqual([]);
  });
});

describe('an early check that looks at the VMAs', () => {
  const patched = releaseNamed('patches/early-check-sees-the-vmas.ts');
  const several: EnumerateBounds = {
    ...BOUNDS,
    pages: 8,
    vmas: 3,
    classes: [
      { kind: 'anon', prot: 'r', populated: false },
      { kind: 'anon', prot: 'rw', populated: false },
    ],
    limits: [3, 9],
    mremap: {
      flags: [
        ['MAYMOVE', 'FIXED'],
        ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
      ],
      lengths: 'equal',
      destinations: 'fits',
    },
  };

  test('is never too small, for one VMA and for several, which 4 is', () => {
    expect(broken(patched, BOUNDS, ['limit-held', 'limit-enomem-untouched'])).toEqual([]);
    expect(broken(patched, several, ['limit-enomem-untouched'], 5)).toEqual([]);
    expect(broken(release('v7.1'), several, ['limit-enomem-untouched'], 5)).toHaveLength(1);
  });

  test('lets a move onto free pages pass with 2 map slots', () => {
    const vmas = play(release('v7.1'), map(0, 4, 'shm'));
    expect(resultName(callWith(patched, vmas, move(0, 2, 8), 2))).toBe('ok');
    expect(resultName(callWith(release('v7.1'), vmas, move(0, 2, 8), 3))).toBe('ENOMEM');
  });
});
