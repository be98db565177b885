import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vmas } from '../../src/model/address-space.js';
import { type Call, DONTUNMAP, FIXED } from '../../src/model/calls.js';
import { errnoName } from '../../src/model/errno.js';
import type { Outcome } from '../../src/model/outcome.js';
import { machine } from '../../src/model/plan.js';
import { observe, run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { endOf, kindName, ModelLimitError } from '../../src/model/vma.js';
import { drift } from '../support/accounts.js';
import { calls, oddMremapCalls } from '../support/arbitraries.js';
import { isSortedAndDisjoint } from '../support/page-map.js';
import { callWith, frames, resultName, unmap } from '../support/play.js';
import { chargingMovesOnce, everyRelease } from '../support/releases.js';

const PAGES = 16;
const HISTORIES = 2000;
const CALLS = 30;
const anyCall = fc.oneof(
  { arbitrary: calls(PAGES), weight: 9 },
  { arbitrary: oddMremapCalls(PAGES), weight: 1 },
);
const histories = fc.array(anyCall, { minLength: CALLS, maxLength: CALLS });
/** Low enough to be met, and so that there are identities enough for every VMA. */
const limits = fc.integer({ min: 3, max: 13 });
const NAMES: readonly Call['call'][] = [
  'mmap',
  'mremap',
  'munmap',
  'mprotect',
  'touch',
  'mlock',
  'munlock',
];
const KINDS = ['anon', 'fpriv', 'fshared', 'shm', 'ramfs', 'special', 'hugetlb'];

/** Calls that no release counts wrong: neither DONTUNMAP nor FIXED with a shorter new length. */
const isCountedRight = (call: Call): boolean =>
  call.call !== 'mremap' ||
  ((call.flags & DONTUNMAP) === 0 &&
    !((call.flags & FIXED) !== 0 && Math.ceil(call.newLen) < Math.ceil(call.oldLen)));

/** mmap() may overshoot by one, and nothing may go further but a call that is refused behind a split that it asked no map slot for. */
function mostVmas(before: Vmas, limit: number, outcome: Outcome): number {
  const split = ['EPERM', 'EINVAL'].includes(resultName(outcome)) ? 1 : 0;
  return Math.max(limit + 1, before.length + split);
}

const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

const sameEnd = (a: Outcome, b: Outcome): boolean =>
  a.result === b.result &&
  a.mapCount === b.mapCount &&
  a.peak === b.peak &&
  a.step === b.step &&
  a.stepNumber === b.stepNumber &&
  a.pieces === b.pieces &&
  sameList(a.vmas, b.vmas) &&
  sameList(a.pages, b.pages) &&
  a.accounts.total === b.accounts.total &&
  a.accounts.locked === b.accounts.locked &&
  a.accounts.committed === b.accounts.committed;

const WRONG_CHARGE = 'the commit charge is not what is accounted';

/** What is wrong with the end of a call; an expect() for each of a million calls would take too long. */
function faults(before: Vmas, limit: number, call: Call, fast: Outcome, seen: Outcome): string[] {
  const { total, locked, committed } = drift(before, fast);
  const errno = fast.result < 0 ? errnoName(-fast.result) : undefined;
  const wrong = {
    'not sorted and disjoint': !isSortedAndDisjoint(fast.vmas),
    'beyond the window': fast.vmas.some((vma) => endOf(vma) > PAGES),
    'map_count is not the number of VMAs': fast.mapCount !== fast.vmas.length,
    'more VMAs than may be': fast.mapCount > mostVmas(before, limit, fast),
    'total_vm is not what is mapped': total !== 0,
    'locked_vm is not what is locked': isCountedRight(call) && locked !== 0,
    [WRONG_CHARGE]: isCountedRight(call) && committed !== 0,
    'ends otherwise when observed': !sameEnd(fast, seen),
    'an errno that its step does not name':
      errno !== undefined && fast.step.errnos?.includes(errno) !== true,
  };
  return Object.entries(wrong).flatMap(([what, is]) => (is ? [what] : []));
}

describe.each(everyRelease)('histories on %s', (id, release) => {
  const on = machine(release);
  const chargesMovesOnce = chargingMovesOnce.some(([one]) => one === id);

  test(`of ${CALLS} calls, ${HISTORIES} of them, are consistent after every call`, () => {
    const ends = new Set<string>();
    let cut = 0;
    const follow = (history: readonly Call[], limit: number): void => {
      let vmas: Vmas = [];
      for (const call of history) {
        const limitsNow = env(limit, PAGES);
        const fast = run(on, limitsNow, vmas, frames, call);
        const seen = observe(on, limitsNow, vmas, frames, call).outcome;
        const found = faults(vmas, limit, call, fast, seen).filter(
          (fault) => fault !== WRONG_CHARGE || chargesMovesOnce,
        );
        if (found.length > 0) {
          throw new Error(`${JSON.stringify(call)}: ${resultName(fast)}, ${found.join(', ')}`);
        }
        vmas = fast.vmas;
        ends.add(`${call.call} ${fast.result < 0 ? 'fails' : 'succeeds'}`);
        for (const vma of vmas) ends.add(kindName(vma));
      }
    };
    fc.assert(
      fc.property(histories, limits, (history, limit) => {
        try {
          follow(history, limit);
        } catch (error) {
          // A file offset that has grown out of the word for a VMA.
          if (!(error instanceof ModelLimitError)) throw error;
          cut++;
        }
      }),
      { numRuns: HISTORIES },
    );
    // munmap() fails only at the limit, which some histories meet: every call has gone either way.
    for (const name of NAMES) {
      expect(ends).toContain(`${name} fails`);
      expect(ends).toContain(`${name} succeeds`);
    }
    expect(ends).toContain('mseal fails');
    expect(ends).toContain('uffd fails');
    expect([...ends]).toEqual(expect.arrayContaining(KINDS));
    expect(cut).toBeLessThan(HISTORIES / 100);
  });

  test('end in an empty window by one munmap() of all of it, whatever the limit', () => {
    fc.assert(
      fc.property(histories, limits, (history, limit) => {
        let vmas: Vmas = [];
        for (const call of history) {
          // A sealed VMA would stay.
          if (call.call !== 'mseal') vmas = run(on, env(limit, PAGES), vmas, frames, call).vmas;
        }
        // The whole window is inside no VMA, so that munmap() asks for no map slot.
        const emptied = callWith(release, vmas, unmap(0, PAGES), -vmas.length);
        expect(emptied.result).toBe(0);
        expect(emptied.vmas).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
