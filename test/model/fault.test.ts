import { describe, expect, test } from 'vitest';
import { unusedId, writeFault } from '../../src/model/fault.js';
import {
  idOf,
  Kind,
  MAX_ID,
  ModelLimitError,
  makeVma,
  Prot,
  VM_ACCOUNT,
  type Vma,
  type VmaParts,
} from '../../src/model/vma.js';

/** Writable private anonymous memory, unless told otherwise. */
const vma = (start: number, pages: number, parts: Partial<VmaParts> = {}): Vma =>
  makeVma({ start, pages, kind: Kind.anon, prot: Prot.rw, flags: VM_ACCOUNT, ...parts });

const idsAfterWrite = (vmas: readonly Vma[], page: number): number[] | undefined =>
  writeFault(Object.freeze(vmas), page)?.map(idOf);

describe('a first write gives a private VMA an anon_vma', () => {
  test('of its own where no neighbour has one: the least that is not used', () => {
    expect(idsAfterWrite([vma(0, 2), vma(4, 2, { id: 1 }), vma(8, 2, { id: 3 })], 0)).toEqual([
      2, 1, 3,
    ]);
  });

  test('of the next VMA rather than the previous one (find_mergeable_anon_vma)', () => {
    expect(idsAfterWrite([vma(0, 2, { id: 1 }), vma(2, 2), vma(4, 2, { id: 2 })], 2)).toEqual([
      1, 2, 2,
    ]);
  });

  test('of the previous VMA where the next has none', () => {
    expect(idsAfterWrite([vma(0, 2, { id: 1 }), vma(2, 2), vma(4, 2)], 3)).toEqual([1, 1, 0]);
  });

  test('also across protections, which anon_vma_compatible() leaves out', () => {
    expect(idsAfterWrite([vma(0, 2), vma(2, 2, { id: 1, prot: Prot.r })], 0)).toEqual([1, 1]);
  });

  test.each([
    ['with a gap between', { start: 3 }],
    ['whose offset does not continue', { displacement: 1 }],
    ['that is not charged', { flags: 0 }],
  ])('but not that of one %s', (_what, parts) => {
    expect(idsAfterWrite([vma(0, 2), vma(2, 2, { id: 1, ...parts })], 0)).toEqual([2, 1]);
  });

  test('numbered apart from those of other kinds', () => {
    const file = vma(4, 2, { kind: Kind.fpriv, id: 1 });
    expect(idsAfterWrite([vma(0, 2), file], 0)).toEqual([1, 1]);
    expect(unusedId([vma(0, 2, { id: 1 }), file], Kind.fpriv)).toBe(2);
  });
});

describe('a write changes no VMA', () => {
  test('that has an anon_vma already', () => {
    const vmas = [vma(0, 2, { id: 1 })];
    expect(writeFault(vmas, 1)).toBe(vmas);
  });

  test.each([Kind.fshared, Kind.shm, Kind.ramfs])('that is shared', (kind) => {
    const vmas = [vma(0, 2, { kind, id: kind === Kind.shm ? 1 : 0, flags: 0 })];
    expect(writeFault(vmas, 1)).toBe(vmas);
  });
});

test('a write where nothing is mapped or writable is a SIGSEGV', () => {
  expect(idsAfterWrite([vma(2, 2)], 1)).toBeUndefined();
  expect(idsAfterWrite([vma(2, 2)], 4)).toBeUndefined();
  expect(idsAfterWrite([vma(2, 2, { prot: Prot.r })], 2)).toBeUndefined();
});

test('more anon_vmas than a VMA word can tell apart are refused', () => {
  const all = Array.from({ length: MAX_ID }, (_, i) => vma(2 * i, 1, { id: i + 1 }));
  expect(() => unusedId(all, Kind.anon)).toThrow(ModelLimitError);
  expect(unusedId(all.slice(1), Kind.anon)).toBe(1);
});
