import { test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { errnoName } from '../../src/model/errno.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import type { Outcome } from '../../src/model/outcome.js';
import { machine } from '../../src/model/plan.js';
import { Recorder } from '../../src/model/recorder.js';
import { observe, run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { endOf } from '../../src/model/vma.js';
import { recount } from '../support/accounts.js';
import { addressSpaces, calls, headrooms } from '../support/arbitraries.js';
import { isSortedAndDisjoint } from '../support/page-map.js';
import { everyRelease } from '../support/releases.js';

// Whatever fails in a call, once or twice: the address space stays one, and nobody's page is lost that
// the call was not to unmap.

const PAGES = 16;
const MANY = { numRuns: 150 };

describe.each(everyRelease)('after any failures in a call on %s', (_id, release) => {
  const on = machine(release);

  test.prop([addressSpaces(PAGES), calls(PAGES), headrooms], MANY)(
    'VMAs, map_count, total_vm and the frames are what they must be',
    (vmas, call, headroom) => {
      const limits = env(vmas.length + headroom, PAGES);
      const frames = frameTokens(vmas, PAGES);
      const ended = (failing: readonly number[]): { outcome: Outcome; points: number } => {
        const recorder = new Recorder();
        const outcome = run(on, limits, vmas, frames, call, { recorder, failing });
        return { outcome, points: recorder.points };
      };
      const mayGo = new Set<number>();
      const goes = (from: number, length: number): void => {
        for (let page = from; page < from + length; page++) mayGo.add(page + 1);
      };
      if (call.call === 'mmap' || call.call === 'munmap') goes(call.addr, call.len + 1);
      if (call.call === 'mremap') {
        goes(call.newAddr, Math.ceil(call.newLen) + 1);
        if ((call.flags & 4) === 0) goes(call.addr + call.newLen, call.oldLen - call.newLen + 1);
      }
      const judge = ({ outcome }: { outcome: Outcome }, count: number): void => {
        expect(isSortedAndDisjoint(outcome.vmas)).toBe(true);
        expect(outcome.vmas.every((vma) => endOf(vma) <= PAGES)).toBe(true);
        expect(outcome.mapCount).toBe(outcome.vmas.length);
        expect(outcome.peak).toBeGreaterThanOrEqual(Math.max(vmas.length, outcome.mapCount));
        expect(outcome.failures.length).toBeLessThanOrEqual(count);
        expect(recount(vmas).total + outcome.accounts.total).toBe(recount(outcome.vmas).total);
        if (outcome.result < 0) {
          const errno = errnoName(-outcome.result);
          const said = outcome.failures.map(({ point }) => point.errno);
          expect([...(outcome.step.errnos ?? []), ...said]).toContain(errno);
        }
        const left = new Set(outcome.pages);
        for (const frame of frames)
          if (frame !== 0 && !mayGo.has(frame)) expect(left).toContain(frame);
      };
      const { points } = ended([]);
      for (let first = 0; first < points; first++) {
        const once = ended([first]);
        judge(once, 1);
        for (let second = first + 1; second < once.points; second++) {
          judge(ended([first, second]), 2);
        }
      }
    },
  );

  test.prop([addressSpaces(PAGES), calls(PAGES), headrooms], MANY)(
    'none of which happens, it is the call without any',
    (vmas, call, headroom) => {
      const limits = env(vmas.length + headroom, PAGES);
      const frames = frameTokens(vmas, PAGES);
      const plain = run(on, limits, vmas, frames, call);
      expect(run(on, limits, vmas, frames, call, { failing: [] })).toEqual(plain);
      expect(observe(on, limits, vmas, frames, call, [1000]).outcome).toEqual(plain);
      expect(plain.failures).toEqual([]);
    },
  );
});
