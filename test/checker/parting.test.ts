import { expect, test } from 'vitest';
import { partingSteps } from '../../src/checker/parting.js';
import { edited } from '../../src/model/edits.js';
import { Errno } from '../../src/model/errno.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { observe } from '../../src/model/run.js';
import { env, fail, headroom } from '../../src/model/state.js';
import type { CountCheck } from '../../src/model/step.js';
import { Kind, makeVma, Prot } from '../../src/model/vma.js';
import { release } from '../support/releases.js';

const VMA = makeVma({ start: 0, pages: 2, kind: Kind.anon, prot: Prot.r, displacement: 0 });

/** What two releases did where munmap() of the first of two pages parts, with no map slot left. */
function parting(a: Release, b: Release) {
  const micro = [a, b].map(
    (one) =>
      observe(machine(one), env(1, 4), [VMA], [1, 2, 0, 0], { call: 'munmap', addr: 0, len: 1 })
        .micro,
  );
  return partingSteps(micro[0] ?? [], micro[1] ?? []);
}

/** The release whose munmap() asks for a map slot whatever it unmaps, by a check that says so in `count`. */
const stricter = (count: Partial<CountCheck> = {}): Release =>
  edited('munmap', 'munmap-count-check', (step) => [
    {
      ...step,
      count: { ...(step.count as CountCheck), ...count },
      run: (s) => (headroom(s) < 1 ? fail(s, Errno.ENOMEM) : s),
    },
  ])(release('v7.3'));

test('a check passes what it does not ask for the map slots that the other asks it for', () => {
  expect(parting(release('v7.3'), stricter())).toMatchObject([
    { step: 'munmap-count-check', passes: true, asks: undefined },
    {
      step: 'munmap-count-check',
      passes: false,
      result: -Errno.ENOMEM,
      asks: { slots: 1, left: 0 },
    },
  ]);
});

test('a check that asks for less than nothing asks for nothing', () => {
  const [, other] = parting(release('v7.3'), stricter({ needFor: () => -1000 })) ?? [];
  expect(other).toMatchObject({ result: -Errno.ENOMEM, asks: undefined });
});

test('a check that asks for none passes without a word of it', () => {
  const lenient = edited('munmap', 'munmap-count-check', (step) => [
    { ...step, count: { ...(step.count as CountCheck), need: 0 }, run: (s) => s },
  ])(release('v7.3'));
  expect(parting(stricter(), lenient)).toMatchObject([
    { asks: { slots: 1, left: 0 } },
    { passes: true, asks: undefined },
  ]);
});
