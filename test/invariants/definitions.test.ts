import { describe, expect, test } from 'vitest';
import { invariantById, invariants } from '../../src/invariants/index.js';
import type { Invariant, Transition } from '../../src/invariants/invariant.js';
import { Reruns } from '../../src/invariants/reruns.js';
import { refusedForMapSlots } from '../../src/invariants/untouched.js';
import type { Vmas } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import { Errno } from '../../src/model/errno.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import type { Outcome } from '../../src/model/outcome.js';
import { machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env, NO_CHANGE } from '../../src/model/state.js';
import type { Step } from '../../src/model/step.js';
import {
  Kind,
  makeVma,
  Prot,
  VM_ACCOUNT,
  VM_SEALED,
  type Vma,
  withFlags,
  withProt,
} from '../../src/model/vma.js';
import { lock, map, move, play, remap, resultName, seal, touch } from '../support/play.js';
import { release } from '../support/releases.js';

// Outcomes that no release of the model has, so that what a definition says of them is put to the test too.

const PAGES = 8;
const on = machine(release('v6.17'));

const promise = (id: string): Invariant => {
  const found = invariantById(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

/** A call made on v6.17, with something other than what came of it. */
function transition(
  before: Vmas,
  call: Call,
  other: Partial<Outcome> = {},
  limits = env(100, PAGES),
): Transition {
  const pages = frameTokens(before, PAGES);
  const outcome = { ...run(on, limits, before, pages, call), ...other };
  return { on, env: limits, before, pages, call, outcome };
}

/** Whether it is kept; undefined where it is not about the call. */
const kept = (id: string, t: Transition): boolean | undefined =>
  promise(id).applies(t) ? promise(id).holds(t) : undefined;

const at = release('v6.17');
const written = play(at, map(0, 2, 'anon'), touch(0, 2));
const noop = remap(0, 2, 2);

const sealedVma = (pages: number, displacement: number): Vma =>
  makeVma({
    start: 0,
    pages,
    kind: Kind.anon,
    prot: Prot.rw,
    displacement,
    flags: VM_SEALED | VM_ACCOUNT,
  });

describe('a sealed VMA', () => {
  const before = [sealedVma(2, 0)];
  const holds = (after: Vma): boolean | undefined =>
    kept('sealed-untouched', transition(before, noop, { vmas: [after] }));

  test('is as it was', () => {
    expect(before).toEqual(play(at, map(0, 2, 'anon'), seal(0, 2)));
    expect(holds(sealedVma(2, 0))).toBe(true);
  });

  test.each([
    ['has another protection', withProt(sealedVma(2, 0), Prot.r)],
    ['is not sealed any more', withFlags(sealedVma(2, 0), VM_SEALED, false)],
    ['has another page offset', sealedVma(2, 1)],
    ['is longer', sealedVma(3, 0)],
  ])('that %s has been touched', (_, after) => {
    expect(holds(after)).toBe(false);
  });
});

describe('counters', () => {
  test.each([
    ['locked-vm-exact', { ...NO_CHANGE, locked: 1 }],
    ['commit-exact', { ...NO_CHANGE, committed: 1 }],
    ['total-vm-exact', { ...NO_CHANGE, total: 1 }],
  ])('%s is about what is counted where there is no such VMA', (id, accounts) => {
    const shared = play(at, map(0, 2, 'fshared'));
    expect(kept(id, transition(shared, noop, { accounts }))).toBe(false);
  });

  test('locked-vm-exact has no case where nothing is locked and nothing counted', () => {
    expect(kept('locked-vm-exact', transition(written, noop))).toBeUndefined();
    const locked = play(at, map(0, 2, 'anon'), lock(0, 2));
    expect(kept('locked-vm-exact', transition(locked, noop))).toBe(true);
  });
});

describe('what is promised where nothing was made to fail', () => {
  const stepOf = (name: string): Step => {
    const found = on.steps.find((step) => step.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const refusedBy = (name: string): Partial<Outcome> => ({
    result: -Errno.ENOMEM,
    step: stepOf(name),
  });
  const shrink = transition(written, remap(0, 2, 1));
  const cases: readonly (readonly [id: string, Transition])[] = [
    ['no-needless-enomem', transition(written, noop, refusedBy('move-count-check'))],
    ['no-needless-limit-refusal', transition(written, noop, refusedBy('address-space-limit'))],
    ['shrink-always-possible', shrink],
    ['tail-cut-at-limit', shrink],
    ['errno-precedence-stable', transition([], noop)],
    ['sealed-source-eperm', transition([sealedVma(2, 0)], move(0, 2, 4))],
  ];

  test.each(cases)('%s has no case where something was', (id, t) => {
    const step = stepOf('copy-vma');
    const [point] = step.mayFail ?? [];
    if (point === undefined) throw new Error('nothing may fail there');
    const failures = [{ step, point, at: 0 }];
    expect(promise(id).applies(t)).toBe(true);
    expect(promise(id).applies({ ...t, outcome: { ...t.outcome, failures } })).toBe(false);
  });

  test('is all that says so', () => {
    const saying = invariants.filter(({ definition }) => definition.includes('made to fail'));
    expect(saying.map(({ id }) => id).sort()).toEqual(cases.map(([id]) => id).sort());
  });
});

describe('a shrink', () => {
  test('to nothing is none: new_size may not be zero', () => {
    const t = transition(written, remap(0, 2, 0));
    expect(t.outcome.result).toBe(-Errno.EINVAL);
    expect(kept('shrink-always-possible', t)).toBeUndefined();
    expect(kept('tail-cut-at-limit', t)).toBeUndefined();
  });

  test('of huge pages does not just cut off a tail: they are not cut anywhere', () => {
    const huge = play(at, map(0, 4, 'hugetlb'));
    expect(kept('tail-cut-at-limit', transition(huge, remap(0, 4, 2)))).toBeUndefined();
  });
});

test('a move of one VMA has no borders of VMAs to stop at', () => {
  const moved = move(0, 2, 4);
  const other = { result: -Errno.ENOMEM, vmas: [], mapCount: 0 };
  expect(kept('multi-move-at-vma-borders', transition(written, moved, other))).toBeUndefined();
  const two = play(at, map(0, 1, 'anon'), map(1, 2, 'anon', 'r'));
  expect(kept('multi-move-at-vma-borders', transition(two, moved, other))).toBe(true);
});

test('a limit of the process that is above the address space may refuse a call too', () => {
  // From 6.17 on the pages that are more are added to all that is mapped, the destination with it.
  const full = play(at, map(0, PAGES, 'anon'));
  const call = remap(0, 1, 6, ['MAYMOVE', 'FIXED'], 2);
  const t = transition(full, call, {}, env(100, PAGES, { rlimitAs: PAGES + 4 }));
  expect(t.outcome.result).toBe(-Errno.ENOMEM);
  expect(kept('resource-limits-held', t)).toBe(true);
  expect(kept('resource-limits-held', transition(full, call))).toBeUndefined();
});

test('a call that is run again to judge it is run again in another address space', () => {
  const reruns = new Reruns();
  const again = (before: Vmas): Outcome =>
    reruns.run(on, env(100, PAGES), before, frameTokens(before, PAGES), noop).outcome;
  expect([again(written), again([])].map(resultName)).toEqual(['ok', 'EFAULT']);
});

describe('a call that fails', () => {
  const gone = { vmas: [] as Vmas, mapCount: 0 };

  test.each([
    ['EFAULT', 'argument-error-untouched'],
    ['EINVAL', 'argument-error-untouched'],
    ['EAGAIN', 'argument-error-untouched'],
    ['EPERM', 'eperm-untouched'],
    ['ENOMEM', 'error-untouched'],
  ] as const)('with %s has changed nothing', (errno, id) => {
    const result = -Errno[errno];
    expect(kept(id, transition(written, noop, { result, ...gone }))).toBe(false);
    expect(kept(id, transition(written, noop, { result }))).toBe(true);
  });

  test('for want of memory is not refused for want of map slots', () => {
    const { steps } = machine(release('v2.6.12'));
    const step = steps.find(({ count, mayFail }) => count !== undefined && mayFail !== undefined);
    const [point] = step?.mayFail ?? [];
    if (step === undefined || point === undefined) throw new Error('no such step');
    const refused = { result: -Errno.ENOMEM, step };
    const { outcome } = transition(written, noop, refused);
    expect(refusedForMapSlots(outcome)).toBe(true);
    const failed = { ...outcome, failures: [{ step, point, at: 0 }] };
    expect(refusedForMapSlots(failed)).toBe(false);
    expect(kept('no-needless-enomem', { ...transition(written, noop), outcome: failed })).toBe(
      undefined,
    );
  });

  test('has not changed the frame of a page beside source and destination', () => {
    const two = play(at, map(0, 2, 'anon'), touch(0, 2), map(6, 8, 'anon'), touch(6, 8));
    const t = transition(two, remap(0, 2, 2), { result: -Errno.ENOMEM });
    const pages = t.pages.map((token, page) => (page === 7 ? 0 : token));
    expect(kept('pages-preserved', t)).toBe(true);
    expect(kept('pages-preserved', { ...t, outcome: { ...t.outcome, pages } })).toBe(false);
  });
});

describe('map_count', () => {
  test.each([
    [map(2, 4, 'anon'), 3],
    [remap(0, 2, 1), 2],
    [remap(0, 2, 2), 0],
    [touch(0, 1), 0],
  ] as const)('of %j rises by no more than %i under the lock', (call, most) => {
    const peak = written.length + most;
    expect(kept('peak-bounded', transition(written, call, { peak }))).toBe(true);
    expect(kept('peak-bounded', transition(written, call, { peak: peak + 1 }))).toBe(false);
  });

  test.each([
    [1, true],
    [2, false],
    [-1, true],
    [-2, false],
  ])('of DONTUNMAP to no fixed address may change by %i: %s', (change, fits) => {
    const call = remap(0, 2, 2, ['MAYMOVE', 'DONTUNMAP'], 6);
    const before = play(at, map(0, 2, 'anon'), map(3, 4, 'anon'), map(5, 6, 'anon'));
    const t = transition(before, call, { mapCount: before.length + change });
    expect(t.outcome.result).toBeGreaterThanOrEqual(0);
    expect(kept('dontunmap-keeps-source', t)).toBe(fits);
  });
});
