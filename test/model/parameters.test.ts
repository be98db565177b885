import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../../src/model/calls.js';
import { addressSpaces, headrooms, mremapCalls } from '../support/arbitraries.js';
import { callWith, frames, map, play, resultName } from '../support/play.js';
import { everyRelease } from '../support/releases.js';

const PAGES = 16;
const spaces = addressSpaces(PAGES);
const anyMremap = mremapCalls(PAGES);

/** Calls that mremap(2) rules out by their flags and lengths alone. */
const RULED_OUT: readonly { readonly what: string; readonly change: Partial<MremapCall> }[] = [
  { what: 'FIXED without MAYMOVE', change: { flags: FIXED } },
  { what: 'DONTUNMAP without MAYMOVE', change: { flags: DONTUNMAP } },
  {
    what: 'DONTUNMAP with two lengths',
    change: { flags: MAYMOVE | DONTUNMAP, oldLen: 2, newLen: 3 },
  },
  { what: 'a new length of zero', change: { flags: MAYMOVE | FIXED, newLen: 0 } },
];

describe.each(everyRelease)('mremap() of %s', (_id, release) => {
  for (const { what, change } of RULED_OUT) {
    test.prop([spaces, anyMremap, headrooms])(
      `refuses ${what} with EINVAL, near the limit too`,
      (vmas, call, headroom) => {
        const after = callWith(release, vmas, { ...call, ...change }, headroom);
        expect(resultName(after)).toBe('EINVAL');
      },
    );
  }

  test.prop([spaces, anyMremap, headrooms])(
    'leaves VMAs and frames untouched where it ends before it takes the lock',
    (vmas, call, headroom) => {
      const after = callWith(release, vmas, call, headroom);
      const steps = release.calls.mremap;
      const lock = steps.findIndex((step) => step.takesLock === true);
      // 2.6.12 takes the lock first.
      if (steps.indexOf(after.step) >= lock) return;
      expect(after.result).toBeLessThan(0);
      expect(after.vmas).toBe(vmas);
      expect(after.pages).toBe(frames);
    },
  );

  // In one shared VMA over the whole window nothing else can be EINVAL.
  const mapped = play(release, map(0, PAGES, 'fshared'));
  const lengths = fc.integer({ min: 1, max: PAGES });

  test.prop([fc.nat(PAGES - 1), lengths, lengths, fc.nat(PAGES - 1)])(
    'refuses a destination with EINVAL exactly if it overlaps the source or leaves the window',
    (addr, oldLen, newLen, newAddr) => {
      // A tail that ends beyond the task size cannot be unmapped either.
      fc.pre(addr + oldLen <= PAGES);
      const flags = MAYMOVE | FIXED;
      const after = callWith(
        release,
        mapped,
        { call: 'mremap', addr, oldLen, newLen, flags, newAddr },
        100,
      );
      const source = new Set(Array.from({ length: oldLen }, (_, i) => addr + i));
      const destination = Array.from({ length: newLen }, (_, i) => newAddr + i);
      const refused = destination.some((page) => page >= PAGES || source.has(page));
      expect(resultName(after) === 'EINVAL').toBe(refused);
      if (refused) expect(after.vmas).toEqual(mapped);
    },
  );
});
