import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vmas } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import { machine, run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { endOf } from '../../src/model/vma.js';
import { calls } from '../support/arbitraries.js';
import { isSortedAndDisjoint } from '../support/page-map.js';
import { callWith, frames, resultName, unmap } from '../support/play.js';
import { everyRelease } from '../support/releases.js';

const PAGES = 16;
const CALLS = 20;
const histories = fc.array(calls(PAGES), { minLength: CALLS, maxLength: CALLS });
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

describe.each(everyRelease)('histories of 20 calls on %s', (_id, release) => {
  const on = machine(release);

  test('leave the VMAs sorted, disjoint, in the window and counted after every call', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(histories, limits, (history, limit) => {
        let vmas: Vmas = [];
        for (const call of history) {
          const outcome = run(on, env(limit, PAGES), vmas, frames, call);
          expect(isSortedAndDisjoint(outcome.vmas)).toBe(true);
          expect(outcome.mapCount).toBe(outcome.vmas.length);
          expect(outcome.vmas.every((vma) => endOf(vma) <= PAGES)).toBe(true);
          // mmap() may overshoot by one, and nothing may go further but what a sealed VMA refuses: the
          // VMA before it has been split by then, and no check asked for a map slot.
          const split = resultName(outcome) === 'EPERM' ? 1 : 0;
          expect(outcome.mapCount).toBeLessThanOrEqual(Math.max(limit + 1, vmas.length + split));
          vmas = outcome.vmas;
          ends.add(`${call.call} ${outcome.result < 0 ? 'fails' : 'succeeds'}`);
        }
      }),
      { numRuns: 500 },
    );
    // munmap() fails only at the limit, which some histories meet: every call has gone either way.
    for (const name of NAMES) {
      expect(ends).toContain(`${name} fails`);
      expect(ends).toContain(`${name} succeeds`);
    }
    expect(ends).toContain('mseal fails');
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
      { numRuns: 100 },
    );
  });
});
