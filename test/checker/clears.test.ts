import { expect, test } from 'vitest';
import type { ReachBounds } from '../../src/checker/bounds.js';
import { callsOf } from '../../src/checker/calls.js';
import { reach } from '../../src/checker/reach/reach.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { removeWithin } from '../../src/model/address-space.js';
import { inserted } from '../../src/model/edits.js';
import { machine } from '../../src/model/plan.js';
import { v6_12 } from '../../src/model/releases/v6.12.js';
import { env, NOT_FOLLOWED, RUNNING, rangesOf, stateOf } from '../../src/model/state.js';
import type { Step } from '../../src/model/step.js';
import { countCheck } from '../../src/model/steps/counts.js';
import { everyRelease } from '../support/releases.js';
import { coreBounds } from './core-model.js';

// A search looks up how a call goes on from a step that says `clears` by what is mapped outside of that
// range alone. Here the steps from there on are run with and without what is in it.

const BOUNDS = {
  pages: 4,
  classes: [
    { kind: 'anon', prot: 'r', populated: false },
    { kind: 'anon', prot: 'rw', populated: true },
    { kind: 'shm', prot: 'rw', populated: false },
    { kind: 'ramfs', prot: 'r', populated: false, locked: true },
  ],
  vmas: 3,
  identities: 1,
  displacements: [0],
  limits: [3, 3],
  calls: ['mmap', 'munmap'],
  mremap: { flags: [], lengths: 'any', destinations: 'fits' },
} as const;

test.each(everyRelease)('what a step clears makes no difference: %s', (_id, release) => {
  const limits = env(3, BOUNDS.pages);
  const on = machine(release);
  let cleared = 0;
  for (const vmas of addressSpaces(BOUNDS)) {
    for (const call of callsOf(BOUNDS)) {
      const { steps } = on.plan(call, false);
      const ranges = rangesOf(call);
      const from = steps.findIndex((step) => step.clears !== undefined);
      if (from < 0) continue;
      const { clears, countsCleared = false } = steps[from] as Step;
      const range = [clears?.start(ranges) ?? 0, clears?.end(ranges) ?? 0] as const;
      let state = stateOf(limits, vmas, NOT_FOLLOWED, call, ranges);
      for (const step of steps.slice(0, from)) {
        state = step.run(state);
        if (state.result !== RUNNING) break;
      }
      if (state.result !== RUNNING) continue;
      const left = removeWithin(state.vmas, ...range);
      const [there, gone] = [state.vmas, left].map((before) => {
        let after = stateOf(limits, before, NOT_FOLLOWED, call, ranges);
        let peak = before.length;
        for (const step of steps.slice(from)) {
          after = step.run(after);
          peak = Math.max(peak, after.mapCount);
        }
        return { result: after.result, vmas: after.vmas, peak };
      });
      const more = state.vmas.length - left.length;
      const peak = gone?.peak ?? 0;
      expect(there).toEqual({
        ...gone,
        peak: countsCleared ? peak + more : Math.max(peak, state.vmas.length),
      });
      if (removeWithin(state.vmas, ...range) !== state.vmas) cleared++;
    }
  }
  expect(cleared).toBeGreaterThan(0);
});

test('a check of map_count behind such a step tells how many VMAs there were', () => {
  const check = countCheck('late', 'mmap_region', { role: 'map', need: 1 });
  const late = inserted('mmap', check, { behind: 'mmap-replace' })(v6_12);
  const bounds = {
    ...coreBounds({ pages: 4, limit: 3, mmapCap: 3 }),
    calls: ['mmap', 'munmap'],
  } as const;
  const on = machine(late);
  const whole = reach(on, bounds, [], { segments: false });
  expect(whole.work.refusals['late']).toBeGreaterThan(0);
  expect(reach(on, bounds, [])).toEqual(whole);
});

test.each(everyRelease)(
  'huge pages refuse mmap() and munmap() each with its errno: %s',
  (_id, release) => {
    const bounds: ReachBounds = {
      ...coreBounds({ pages: 4, limit: 6, mmapCap: 6 }),
      classes: [
        { kind: 'hugetlb', prot: 'r', populated: false },
        { kind: 'anon', prot: 'r', populated: false },
      ],
      calls: ['mmap', 'munmap'],
    };
    const on = machine(release);
    const whole = reach(on, bounds, [], { segments: false });
    expect(whole.work.results['EINVAL']).toBeGreaterThan(0);
    expect(reach(on, bounds, [])).toEqual(whole);
  },
);
