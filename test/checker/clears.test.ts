import { expect, test } from 'vitest';
import { callsOf } from '../../src/checker/calls.js';
import { reach } from '../../src/checker/reach.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { removeWithin } from '../../src/model/address-space.js';
import { inserted } from '../../src/model/edits.js';
import { v6_12 } from '../../src/model/releases/v6.12.js';
import { machine } from '../../src/model/run.js';
import { env, NOT_FOLLOWED, RUNNING, rangesOf, stateOf } from '../../src/model/state.js';
import type { Step } from '../../src/model/step.js';
import { countCheck } from '../../src/model/steps/counts.js';
import { everyRelease, releasesFrom } from '../support/releases.js';
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
  calls: ['mmap'],
  mremap: { flags: [], lengths: 'any', destinations: 'fits' },
} as const;

const WITH_SUCH_STEPS = releasesFrom('v6.12').map(([id]) => id);

test.each(everyRelease)('what a step clears makes no difference: %s', (id, release) => {
  const limits = env(3, BOUNDS.pages);
  const on = machine(release);
  let cleared = 0;
  for (const vmas of addressSpaces(BOUNDS)) {
    for (const call of callsOf(BOUNDS)) {
      const { steps } = on.plan(call, false);
      const ranges = rangesOf(call);
      const from = steps.findIndex((step) => step.clears !== undefined);
      if (from < 0) continue;
      const { clears } = steps[from] as Step;
      const range = [clears?.start(ranges) ?? 0, clears?.end(ranges) ?? 0] as const;
      let state = stateOf(limits, vmas, NOT_FOLLOWED, call, ranges);
      for (const step of steps.slice(0, from)) {
        state = step.run(state);
        if (state.result !== RUNNING) break;
      }
      if (state.result !== RUNNING) continue;
      const ends = [state.vmas, removeWithin(state.vmas, ...range)].map((before) => {
        let after = stateOf(limits, before, NOT_FOLLOWED, call, ranges);
        let rise = 0;
        for (const step of steps.slice(from)) {
          after = step.run(after);
          rise = Math.max(rise, after.mapCount - before.length);
        }
        return { result: after.result, vmas: after.vmas, rise };
      });
      expect(ends[0]).toEqual(ends[1]);
      if (removeWithin(state.vmas, ...range) !== state.vmas) cleared++;
    }
  }
  expect(cleared > 0).toBe(WITH_SUCH_STEPS.includes(id));
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
