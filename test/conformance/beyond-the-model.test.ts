import { describe, expect, test } from 'vitest';
import { conform } from '../../src/conformance/conform.js';
import { replay } from '../../src/conformance/replay.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { ModelLimitError } from '../../src/model/vma.js';
import { FAR_MOVE } from '../support/far-move.js';
import { release } from '../support/releases.js';
import { modelKernel, NEVER } from './kernels.js';

// Behind the window the address space is free, without an end that a scenario could meet. The model's
// ends at 64 pages; an outcome that rests on that is none, and must not be given as one.

const map = (addr: number, len: number, prot: string) => ({
  call: 'mmap',
  addr,
  len,
  kind: 'anon',
  prot,
  offset: 0,
});

const outcome = (pages: number, setup: readonly unknown[], call: unknown) =>
  replay(
    machine(release('v6.12')),
    parseScenario(JSON.stringify({ id: 'far', pages, headroom: 20, setup, calls: [call] }), 'test'),
  );

describe('a call that a kernel carries out and the model has no room for', () => {
  test('to an address at the end of a large window', () => {
    const { pages, setup, calls } = FAR_MOVE;
    expect(() => outcome(pages, setup, calls[0])).toThrow(ModelLimitError);
  });

  const grow = (newLen: number) => ({
    call: 'mremap',
    addr: 0,
    oldLen: 8,
    newLen,
    flags: ['MAYMOVE'],
    newAddr: 0,
  });

  test('to an address of its choice, with too little left behind the window', () => {
    // A kernel finds room behind the window, where the model has 4 pages and takes the window's end.
    expect(() => outcome(60, [map(0, 8, 'rw'), map(8, 40, 'r')], grow(9))).toThrow(ModelLimitError);
  });

  test('to an address of its choice, longer than all that is left', () => {
    expect(() => outcome(12, [map(0, 8, 'rw'), map(8, 4, 'r')], grow(60))).toThrow(ModelLimitError);
  });
});

describe('a mapping whose place the kernel chose', () => {
  const dontunmap = (newAddr: number) => ({
    call: 'mremap',
    addr: 0,
    oldLen: 3,
    newLen: 3,
    flags: ['MAYMOVE', 'DONTUNMAP'],
    newAddr,
  });
  const onto = (newAddr: number) => ({
    call: 'mremap',
    addr: 9,
    oldLen: 20,
    newLen: 20,
    flags: ['MAYMOVE', 'FIXED'],
    newAddr,
  });
  // The hint is taken, so that the copy goes behind the window: in the model to its last three pages.
  const setup = [map(0, 3, 'rw'), map(9, 20, 'r'), dontunmap(7)];

  test('refuses a call that meets it where the model has it, which a kernel has elsewhere', () => {
    expect(() => outcome(43, setup, onto(42))).toThrow(ModelLimitError);
  });

  test('refuses none that ends before it, nor where the hint was free', () => {
    expect(() => outcome(43, setup, onto(41))).not.toThrow();
    const free = [map(0, 3, 'rw'), map(9, 20, 'r'), dontunmap(30)];
    expect(() => outcome(43, free, onto(42))).not.toThrow();
  });
});

test('scenarios that are beyond it are counted, however many, and a kernel is not asked them', async () => {
  // More than a kernel is given at a time.
  const all = Array.from({ length: 150 }, (_, i) =>
    parseScenario(JSON.stringify({ ...FAR_MOVE, id: `far-${i}` }), 'test'),
  );
  const found = await conform(modelKernel('v6.12'), machine(release('v6.12')), all, {
    signal: NEVER,
  });
  expect(found).toMatchObject({ compared: 0, notSetUp: 0, beyondModel: 150 });
  expect(found.notByKernel.size).toBe(0);
});
