import { describe, expect, test } from 'vitest';
import type { RaceBounds, RaceThread } from '../../src/checker/bounds.js';
import {
  addRaces,
  combinations,
  type RaceOptions,
  type RaceSearch,
  racePart,
} from '../../src/checker/race.js';
import { fromRaces } from '../../src/checker/race-counterexample.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { invariantById, invariants } from '../../src/invariants/index.js';
import type { Call } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import { move, moveKeeping, protect, remap, touch, unmap } from '../support/play.js';
import { everyRelease, release } from '../support/releases.js';

const MREMAP = { flags: [['MAYMOVE', 'FIXED']], lengths: 'equal', destinations: 'fits' } as const;

const makes = (...given: readonly Call[]): RaceThread => ({
  does: 'call',
  calls: [],
  given,
  mremap: MREMAP,
});
const LOWERS: RaceThread = { does: 'lower' };
const READS: RaceThread = { does: 'read' };

function bounds(
  pages: number,
  limits: readonly [number, number],
  ...threads: readonly RaceThread[]
): RaceBounds {
  const classes = [{ kind: 'anon', prot: 'rw', populated: false }] as const;
  return { pages, classes, vmas: 1, identities: 1, displacements: [0], limits, threads };
}

const search = (id: string, within: RaceBounds, options?: RaceOptions) =>
  racePart(machine(release(id)), within, invariants, options);

/** The races in the last address space of the bounds, which is mapped throughout. */
function inFull(id: string, within: RaceBounds): RaceSearch {
  const parts = addressSpaces(within).length;
  return search(id, within, { part: parts - 1, parts });
}

const broken = (id: string, within: RaceBounds, invariant: string): number =>
  search(id, within).findings.find((f) => f.invariant === invariant)?.broken ?? Number.NaN;

/** Nothing is mapped, under a single limit: the one race of the threads. */
const alone = (limit: number, ...threads: readonly RaceThread[]): RaceBounds => ({
  ...bounds(3, [limit, limit], ...threads),
  vmas: 0,
});

describe('interleavings', () => {
  test('calls that take the lock at once have the orders of their blocks', () => {
    const [a, b, c] = [makes(unmap(0, 1)), makes(unmap(1, 2)), makes(unmap(2, 3))];
    expect(search('v6.12', alone(9, a, b)).interleavings).toBe(2);
    expect(search('v6.12', alone(9, a, b, c)).interleavings).toBe(6);
  });

  test('a reader comes before, after, or at one of the steps of a block', () => {
    // munmap() of 2.6.33: range check, count check, two splits, removal, end.
    const steps = 6;
    const race = alone(9, makes(unmap(0, 1)), READS);
    expect(search('v2.6.33', race, { blocks: false }).interleavings).toBe(steps + 1);
    // Nothing is mapped, so map_count never moves and no pause can be told from another.
    expect(search('v2.6.33', race).interleavings).toBe(2);
  });

  test('a check without the lock is a turn of its own', () => {
    // A: check, then its block; B: its block. B comes first, between, or last.
    const race = alone(9, makes(move(0, 1, 2)), makes(unmap(1, 2)));
    expect(search('v6.17', race).interleavings).toBe(3);
    expect(search('v7.1', race).interleavings).toBe(2);
    // Both with a check: the orders of c, b, C, B with c before b and C before B are six.
    const both = alone(9, makes(move(0, 1, 2)), makes(move(1, 2, 0)));
    expect(search('v6.17', both).interleavings).toBe(6);
  });

  test('a limit is lowered before, after, or at one of the checks', () => {
    // 2.6.33 looks at the limit once in munmap(): before it, or behind.
    const { behaviours } = search('v2.6.33', {
      ...bounds(3, [1, 2], makes(unmap(1, 2)), LOWERS),
      vmas: 0,
    });
    // From 2 to 1: the lock is taken in either limit, and the end is the same.
    expect(behaviours).toBe(2);
  });

  test('calls that take the lock in other address spaces are others, whatever they come to', () => {
    // Either may be the one that finds the page untouched; the other finds it as both leave it.
    const both = makes(touch(0, 1));
    expect(inFull('v7.1', bounds(1, [9, 9], both, both)).behaviours).toBe(2);
  });

  test('an end with other frames is another', () => {
    // Three mappings of one page of a file: what is moved from one to the next changes none of them.
    const race: RaceBounds = {
      ...bounds(3, [9, 9], makes(moveKeeping(0, 1, 1)), makes(moveKeeping(2, 3, 1))),
      classes: [{ kind: 'fshared', prot: 'rw', populated: false }],
      vmas: 3,
      displacements: [0, -1, -2],
    };
    expect(inFull('v7.1', race).behaviours).toBe(2);
  });

  test('what is refused without the lock is judged from what the holder of the lock found', () => {
    // 6 slots of 7 are free, as the check asks, until munmap() has split the VMA once and again. So the
    // move comes first, is past its check first, is refused meanwhile, or is refused behind.
    const race = bounds(3, [7, 7], makes(move(0, 1, 2)), makes(unmap(1, 2)));
    expect(inFull('v6.17', race).behaviours).toBe(4);
  });

  test('the least limit of the bounds is not lowered', () => {
    const { races } = search('v7.1', { ...bounds(3, [1, 4], makes(unmap(0, 1)), LOWERS), vmas: 0 });
    // 4 to 3, 2 or 1; 3 to 2 or 1; 2 to 1.
    expect(races).toBe(6);
  });

  test('a limit is lowered while a call has the lock that asks for none', () => {
    // Of 7, 6 slots are free, as the check of the move asks, and of 6 one fewer. So the VMA may begin to
    // grow under 7, and the move be refused under 6 while it has not grown yet.
    const race = bounds(2, [6, 7], makes(remap(0, 1, 2)), makes(move(0, 1, 1)), LOWERS);
    const { interleavings: few, ...found } = search('v6.17', race);
    const { interleavings: many, ...all } = search('v6.17', race, { blocks: false });
    expect(found).toEqual(all);
    expect(few).toBeLessThan(many);
  });

  test('a call has the peak of what it does itself', () => {
    // munmap() cuts a VMA in two, and has three for a moment. A touch has the two that are left.
    const race = bounds(3, [9, 9], makes(unmap(1, 2)), makes(touch(0, 1)));
    expect(broken('v2.6.33', race, 'peak-bounded')).toBe(0);
  });

  test('every combination of the calls is made', () => {
    const range: RaceThread = { does: 'call', calls: ['munmap'], given: [], mremap: MREMAP };
    // Six ranges of three pages.
    expect(combinations(bounds(3, [1, 1], range, range))).toHaveLength(36);
    expect(combinations(bounds(3, [1, 1], range, READS))).toHaveLength(6);
  });
});

// map_count 1, limit 7: 6 slots are free, as the early check asks, and 2 fewer when mprotect() has split
// two VMAs off. The destination costs another, and 3 are left where move_vma() asks for 4.
const FALSE_PASS = bounds(5, [7, 7], makes(move(0, 1, 1)), makes(protect(3, 4, 'r')));
// map_count 1, limit 8: 7 slots are free, 6 when munmap() has cut the VMA in two, 5 while it does.
const FALSE_REFUSAL = bounds(3, [8, 8], makes(move(0, 1, 2)), makes(unmap(1, 2)));

const UNLOCKED = ['v6.15', 'v6.16', 'v6.17-rc1', 'v6.17', 'v6.17.5', 'v6.18'];

describe.each(everyRelease)('a check on %s', (id) => {
  const unlocked = UNLOCKED.includes(id);

  test(`${unlocked ? 'passes' : 'does not pass'} on an old map_count`, () => {
    const late = broken(id, FALSE_PASS, 'race-enomem-untouched');
    // Up to 5.0 the only check comes when the destination is gone, in any order.
    expect(late > 0).toBe(unlocked || id === 'v2.6.33' || id === 'v2.6.12');
    expect(broken(id, FALSE_PASS, 'race-as-sequential') > 0).toBe(unlocked);
  });

  test(`${unlocked ? 'refuses' : 'does not refuse'} on a passing peak`, () => {
    expect(broken(id, FALSE_REFUSAL, 'race-as-sequential') > 0).toBe(unlocked);
  });
});

/** The counterexample of a search, and the threads in the order of their turns. */
function shown(id: string, within: RaceBounds, invariant: string) {
  const on = machine(release(id));
  const asked = invariantById(invariant);
  if (asked === undefined) throw new Error('no such invariant');
  const [finding] = racePart(on, within, [asked]).findings;
  const found = finding && fromRaces(on, within, asked, finding);
  const turns = found?.moments.map(({ thread }) => thread) ?? [];
  return { found, turns: turns.filter((thread, i) => thread !== turns[i - 1]) };
}

test('the counterexample of 6.15 has the check, the other call whole, and the refused rest', () => {
  const { found, turns } = shown('v6.15', FALSE_PASS, 'race-enomem-untouched');
  expect(turns).toEqual([0, 1, 0]);
  const names = found?.moments.map(({ step }) => step?.name) ?? [];
  expect(names.indexOf('early-count-check')).toBeLessThan(names.indexOf('mprotect'));
  expect(names.at(-1)).toBe('move-count-check');
  expect(found?.results).toEqual([-12, 0]);
  expect(found?.history.calls).toEqual([
    { call: 'mmap', addr: 0, len: 5, kind: 'anon', prot: 'rw', offset: 0 },
  ]);
});

test('the interleaving that is shown has the fewest changes from thread to thread', () => {
  // The move is refused at its early check, whatever the others do: one turn for each is enough.
  const threads = [makes(move(0, 1, 1)), makes(unmap(1, 2)), LOWERS, READS];
  const { turns } = shown('v6.12', bounds(3, [4, 5], ...threads), 'no-needless-enomem');
  expect(turns).toHaveLength(threads.length);
});

test('a lowered limit leaves the source of a successful move mapped, or the destination gone', () => {
  const race = bounds(4, [1, 7], makes(move(1, 2, 3), move(0, 1, 2)), LOWERS);
  for (const [id] of everyRelease) {
    expect(broken(id, race, 'sysctl-enomem-untouched')).toBeGreaterThan(0);
    expect(broken(id, race, 'sysctl-as-sequential')).toBeGreaterThan(0);
  }
});

test('parts of a search add up to the whole', () => {
  const parts = [0, 1, 2].map((part) => search('v6.17', FALSE_PASS, { part, parts: 3 }));
  expect(parts.reduce(addRaces)).toEqual(search('v6.17', FALSE_PASS));
});
