import { test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { advance, begin, hasEnded, outcomeAt } from '../../src/model/pending.js';
import { machine } from '../../src/model/plan.js';
import { observe, run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { endOf } from '../../src/model/vma.js';
import { addressSpaces, calls, headrooms } from '../support/arbitraries.js';
import { isSortedAndDisjoint } from '../support/page-map.js';
import { frames } from '../support/play.js';
import { everyRelease } from '../support/releases.js';

const PAGES = 16;
const spaces = addressSpaces(PAGES);
const anyCall = calls(PAGES);

const limitsFor = (count: number, headroom: number) => Object.freeze(env(count + headroom, PAGES));

describe.each(everyRelease)('a call on %s', (_id, release) => {
  const on = machine(release);

  test.prop([spaces, anyCall, headrooms])(
    'ends alike whether its steps are observed or not',
    (vmas, call, headroom) => {
      const limits = limitsFor(vmas.length, headroom);
      const plain = run(on, limits, vmas, frames, call);
      expect(observe(on, limits, vmas, frames, call).outcome).toEqual(plain);
    },
  );

  test.prop([spaces, anyCall, headrooms])(
    'ends alike when it is run step by step and nobody comes in between',
    (vmas, call, headroom) => {
      const shared = {
        env: limitsFor(vmas.length, headroom),
        vmas,
        mapCount: vmas.length,
        pages: frames,
      };
      let pending = begin(on, shared, call);
      let peak = vmas.length;
      while (!hasEnded(pending)) {
        pending = advance(pending, pending.state);
        peak = Math.max(peak, pending.state.mapCount);
      }
      expect(outcomeAt(pending, peak)).toEqual(run(on, shared.env, vmas, frames, call));
    },
  );

  test.prop([spaces, anyCall, headrooms])(
    'is a chain of steps from the state before it to the state after it',
    (vmas, call, headroom) => {
      const limits = limitsFor(vmas.length, headroom);
      const { outcome, micro } = observe(on, limits, vmas, frames, call);
      expect(micro[0]?.before.vmas).toBe(vmas);
      expect(micro[0]?.before.pages).toBe(frames);
      for (let i = 1; i < micro.length; i++) expect(micro[i]?.before).toBe(micro[i - 1]?.after);
      const last = micro[micro.length - 1];
      expect(last?.step).toBe(outcome.step);
      expect(last?.after.vmas).toBe(outcome.vmas);
      expect(last?.after.pages).toBe(outcome.pages);
      expect(last?.after.result).toBe(outcome.result);
    },
  );

  test.prop([spaces, anyCall, headrooms])(
    'peaks at the highest map_count of any of its steps',
    (vmas, call, headroom) => {
      const { outcome, micro } = observe(on, limitsFor(vmas.length, headroom), vmas, frames, call);
      const counts = micro.map(({ after }) => after.mapCount);
      expect(outcome.peak).toBe(Math.max(vmas.length, ...counts));
    },
  );

  test.prop([anyCall, anyCall])('has its steps whatever call came before it', (first, call) => {
    const used = machine(release);
    used.plan(first, false);
    expect(used.plan(call, false).steps).toEqual(machine(release).plan(call, false).steps);
  });

  test.prop([spaces, anyCall, headrooms])(
    'has the same answer twice and modifies nothing that it is given',
    (vmas, call, headroom) => {
      const limits = limitsFor(vmas.length, headroom);
      const before = [...vmas];
      const once = run(on, limits, vmas, frames, Object.freeze(call));
      expect(run(on, limits, vmas, frames, call)).toEqual(once);
      expect(vmas).toEqual(before);
    },
  );

  test.prop([spaces, anyCall, headrooms])(
    'leaves the VMAs sorted and disjoint in the window, with map_count their number',
    (vmas, call, headroom) => {
      const after = run(on, limitsFor(vmas.length, headroom), vmas, frames, call);
      expect(isSortedAndDisjoint(after.vmas)).toBe(true);
      expect(after.mapCount).toBe(after.vmas.length);
      expect(after.vmas.every((vma) => endOf(vma) <= PAGES)).toBe(true);
    },
  );

  test.prop([spaces, anyCall, headrooms])(
    'that succeeds does the same with one map slot more',
    (vmas, call, headroom) => {
      const tight = run(on, limitsFor(vmas.length, headroom), vmas, frames, call);
      if (tight.result < 0) return;
      expect(run(on, limitsFor(vmas.length, headroom + 1), vmas, frames, call)).toEqual(tight);
    },
  );
});
