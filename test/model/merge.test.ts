import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { writeFault } from '../../src/model/fault.js';
import { type AnonMergeRule, insertMerging, merged, planMerge } from '../../src/model/merge.js';
import {
  AWAY,
  endOf,
  idOf,
  isAway,
  Kind,
  makeVma,
  Prot,
  startOf,
  VM_ACCOUNT,
  type Vma,
  type VmaParts,
  withId,
} from '../../src/model/vma.js';
import { addressSpaces, ranges } from '../support/arbitraries.js';
import { isSortedAndDisjoint, pageMap, spans } from '../support/page-map.js';

const BEFORE_6_16: AnonMergeRule = 'unfaulted-joins-faulted';
const FROM_6_16: AnonMergeRule = 'either-way';
const BOTH = [BEFORE_6_16, FROM_6_16];

type Attributes = Partial<Omit<VmaParts, 'start' | 'pages'>>;

/** Writable private anonymous memory, unless told otherwise. */
const vma = (start: number, pages: number, attributes: Attributes = {}): Vma =>
  makeVma({ start, pages, kind: Kind.anon, prot: Prot.rw, flags: VM_ACCOUNT, ...attributes });

/** The range that is to be mapped is [4, 8), prev is [2, 4) and next [8, 10). */
interface Row {
  readonly name: string;
  readonly why: string;
  readonly range?: Attributes;
  /** `null`: not there. */
  readonly prev: Attributes | null;
  readonly next: Attributes | null;
  readonly rules?: readonly AnonMergeRule[];
  readonly merges: 'none' | 'prev' | 'next' | 'both';
}

const FILE = { kind: Kind.fshared, flags: 0 };
const UNWRITTEN = { kind: Kind.fpriv, flags: 0 };
const WRITTEN = { ...UNWRITTEN, id: 1 };
const RAMFS = { kind: Kind.ramfs, flags: 0 };
const SHM = { kind: Kind.shm, flags: 0 };

const rows: readonly Row[] = [
  {
    name: 'nothing on either side',
    why: 'there is nothing to merge with',
    prev: null,
    next: null,
    merges: 'none',
  },
  {
    name: 'the same mapping before',
    why: 'can_vma_merge_after()',
    prev: {},
    next: null,
    merges: 'prev',
  },
  {
    name: 'the same mapping behind',
    why: 'can_vma_merge_before()',
    prev: null,
    next: {},
    merges: 'next',
  },
  {
    name: 'the same mapping on both sides',
    why: 'vma_merge() fills the gap and the three become one',
    prev: {},
    next: {},
    merges: 'both',
  },
  {
    name: 'another protection on one side',
    why: 'vm_flags must be equal (is_mergeable_vma), and VM_WRITE is one of them',
    prev: { prot: Prot.r },
    next: {},
    merges: 'next',
  },
  {
    name: 'a neighbour that is not charged',
    why: 'VM_ACCOUNT is one of the vm_flags that must be equal',
    prev: { flags: 0 },
    next: {},
    merges: 'next',
  },
  {
    name: 'a file beside anonymous memory',
    why: 'vm_file must be the same',
    prev: { kind: Kind.fpriv },
    next: null,
    merges: 'none',
  },
  {
    name: 'a private beside a shared mapping of the same file',
    why: 'VM_SHARED is one of the vm_flags that must be equal',
    range: FILE,
    prev: { ...FILE, kind: Kind.fpriv },
    next: FILE,
    merges: 'next',
  },
  {
    name: 'a file of another file system',
    why: 'vm_file must be the same',
    range: FILE,
    prev: RAMFS,
    next: null,
    merges: 'none',
  },
  {
    name: 'a file whose offset continues',
    why: 'pgoff + pages of the one is the pgoff of the other',
    range: { ...FILE, displacement: 5 },
    prev: { ...FILE, displacement: 5 },
    next: { ...FILE, displacement: 5 },
    merges: 'both',
  },
  {
    name: 'a file whose offset does not continue',
    why: 'page offsets must be contiguous',
    range: { ...FILE, displacement: 5 },
    prev: { ...FILE, displacement: 4 },
    next: { ...FILE, displacement: 5 },
    merges: 'next',
  },
  {
    name: 'the same shared anonymous object',
    why: 'a part of one object that has come back is the same shmem file',
    range: { ...SHM, id: 1 },
    prev: { ...SHM, id: 1 },
    next: { ...SHM, id: 1 },
    merges: 'both',
  },
  {
    name: 'another shared anonymous object',
    why: 'each mmap() of shared anonymous memory is a shmem file of its own',
    range: { ...SHM, id: 2 },
    prev: { ...SHM, id: 1 },
    next: { ...SHM, id: 2 },
    merges: 'next',
  },
  {
    name: 'an unfaulted range between faulted neighbours of one anon_vma',
    why: 'is_mergeable_anon_vma(): one side has none, and the chain of the other is singular',
    prev: { id: 1 },
    next: { id: 1 },
    merges: 'both',
  },
  {
    name: 'a range with the anon_vma of its neighbours',
    why: 'is_mergeable_anon_vma(): equal anon_vmas',
    range: { id: 1 },
    prev: { id: 1 },
    next: { id: 1 },
    merges: 'both',
  },
  {
    name: 'a range with another anon_vma than its neighbour',
    why: 'is_mergeable_anon_vma(): two different anon_vmas never merge',
    range: { id: 1 },
    prev: { id: 2 },
    next: { id: 1 },
    merges: 'next',
  },
  {
    name: 'a faulted range before an unfaulted neighbour, up to 6.15',
    why: 'list_is_singular() looks at the chain of the neighbour, which is empty, so not singular',
    range: { id: 1 },
    prev: null,
    next: {},
    rules: [BEFORE_6_16],
    merges: 'none',
  },
  {
    name: 'a faulted range behind an unfaulted neighbour, up to 6.15',
    why: 'list_is_singular() looks at the chain of the neighbour, which is empty, so not singular',
    range: { id: 1 },
    prev: {},
    next: { id: 1 },
    rules: [BEFORE_6_16],
    merges: 'next',
  },
  {
    name: 'a faulted range between unfaulted neighbours, from 6.16 on',
    why: '879bca0a2c4f: faulted and unfaulted merge whichever of the two is new',
    range: { id: 1 },
    prev: {},
    next: {},
    rules: [FROM_6_16],
    merges: 'both',
  },
  {
    name: 'a faulted range between an unfaulted and its own, from 6.16 on',
    why: '879bca0a2c4f: all three have at most one anon_vma between them',
    range: { id: 1 },
    prev: {},
    next: { id: 1 },
    rules: [FROM_6_16],
    merges: 'both',
  },
  {
    name: 'an unfaulted range between two different anon_vmas',
    why: 'prev and next must agree with each other as well; prev is tried first',
    prev: { id: 1 },
    next: { id: 2 },
    merges: 'prev',
  },
  {
    name: 'an unfaulted range between a faulted and an unfaulted neighbour',
    why: 'is_mergeable_anon_vma(prev, next, NULL) holds if either has none',
    prev: { id: 1 },
    next: {},
    merges: 'both',
  },
  {
    name: 'a faulted range that was moved beside one that was not',
    why: 'a faulted VMA keeps its pgoff when it is moved, so that it does not continue',
    range: { id: 1, displacement: -3 },
    prev: { id: 1 },
    next: { id: 1, displacement: -3 },
    merges: 'next',
  },
  {
    name: 'two anon_vmas of a private file mapping',
    why: 'is_mergeable_anon_vma() holds for private file mappings too',
    range: { kind: Kind.fpriv, id: 1 },
    prev: { kind: Kind.fpriv, id: 2 },
    next: { kind: Kind.fpriv, id: 1 },
    merges: 'next',
  },
  {
    name: 'a private file mapping moved since it was written, between unwritten ones',
    why: 'the offsets of its anonymous pages do not continue (7.3)',
    range: { ...WRITTEN, flags: AWAY },
    prev: UNWRITTEN,
    next: UNWRITTEN,
    rules: [FROM_6_16],
    merges: 'none',
  },
  {
    name: 'an unwritten private file mapping between one that was moved and one that was not',
    why: 'only the offsets of the anonymous pages of the second continue (7.3)',
    range: UNWRITTEN,
    prev: { ...WRITTEN, flags: AWAY },
    next: WRITTEN,
    merges: 'next',
  },
  {
    name: 'a private file mapping that was moved beside what was moved with it',
    why: 'of one anon_vma both kinds of offset continue or neither',
    range: { ...WRITTEN, flags: AWAY },
    prev: { ...WRITTEN, flags: AWAY },
    next: null,
    merges: 'prev',
  },
  {
    name: 'a private file mapping that was moved back beside what was left',
    why: 'of one anon_vma both kinds of offset continue or neither',
    range: { ...WRITTEN, flags: AWAY },
    prev: WRITTEN,
    next: WRITTEN,
    merges: 'both',
  },
];

const cases = rows.flatMap((row) => (row.rules ?? BOTH).map((rule) => ({ ...row, rule })));

describe('which neighbours a range merges with', () => {
  for (const row of cases) {
    test(`${row.name}: ${row.merges}, since ${row.why} (${row.rule})`, () => {
      const plan = planMerge(
        vma(4, 4, row.range),
        row.prev === null ? undefined : vma(2, 2, row.prev),
        row.next === null ? undefined : vma(8, 2, row.next),
        row.rule,
      );
      const merges =
        plan.prev === undefined
          ? plan.next === undefined
            ? 'none'
            : 'next'
          : plan.next === undefined
            ? 'prev'
            : 'both';
      expect(merges).toBe(row.merges);
    });
  }

  test.each(BOTH)('a neighbour that is not adjacent is none (%s)', (rule) => {
    const plan = planMerge(vma(4, 4), vma(1, 2), vma(9, 2), rule);
    expect(plan).toEqual({ prev: undefined, next: undefined });
  });
});

describe('what a merge results in', () => {
  test('reaches from the first to the last of the parts', () => {
    const plan = { prev: vma(2, 2), next: vma(8, 2) };
    expect(startOf(merged(vma(4, 4), plan))).toBe(2);
    expect(endOf(merged(vma(4, 4), plan))).toBe(10);
  });

  test.each([
    { range: 3, prev: 0, next: 0 },
    { range: 0, prev: 3, next: 0 },
    { range: 0, prev: 0, next: 3 },
    { range: 0, prev: 3, next: 3 },
  ])('has the one anon_vma of its parts, be it $range, $prev or $next', ({ range, prev, next }) => {
    const plan = { prev: vma(2, 2, { id: prev }), next: vma(8, 2, { id: next }) };
    expect(idOf(merged(vma(4, 4, { id: range }), plan))).toBe(3);
  });
});

describe('what was moved since it was written', () => {
  const moved = vma(4, 4, { ...WRITTEN, flags: AWAY });

  test('has come back where it merges with what has not', () => {
    expect(isAway(merged(moved, { prev: vma(2, 2, WRITTEN), next: undefined }))).toBe(false);
    expect(isAway(merged(moved, { prev: undefined, next: vma(8, 2, WRITTEN) }))).toBe(false);
  });

  test('is still away where it merges with what was moved with it', () => {
    const next = vma(8, 2, { ...WRITTEN, flags: AWAY });
    expect(isAway(merged(moved, { prev: undefined, next }))).toBe(true);
  });

  test('is away from what is unwritten and becomes written: that has an anon_vma of its own', () => {
    const beside = vma(8, 2, UNWRITTEN);
    const [, faulted] = writeFault([moved, beside], 8) ?? [];
    expect(faulted && idOf(faulted)).toBe(2);
    const [, shared] = writeFault([vma(4, 4, { ...WRITTEN, prot: Prot.r }), beside], 8) ?? [];
    expect(shared && idOf(shared)).toBe(1);
  });
});

const PAGES = 16;

/** Merging gives an unfaulted VMA the anon_vma of its neighbour; this is the map without them. */
const withoutIdentities = (vmas: readonly Vma[]): string[] =>
  pageMap(
    vmas.map((v) => withId(v, 0)),
    PAGES,
  );

describe('putting a range into free space', () => {
  const rule = fc.constantFrom(...BOTH);

  test.prop([addressSpaces(PAGES), ranges(PAGES), fc.nat(1), rule])(
    'maps it, keeps every other page as it was, and changes the count by 1 at most',
    (vmas, { addr, len }, id, anonMerge) => {
      const before = withoutIdentities(vmas);
      fc.pre(before.slice(addr, addr + len).every((page) => page === ''));
      const range = vma(addr, len, { id });
      const after = insertMerging(vmas, range, anonMerge);
      const alone = withoutIdentities([range]);
      expect(withoutIdentities(after)).toEqual(before.map((page, i) => page || alone[i]));
      expect(isSortedAndDisjoint(after)).toBe(true);
      expect(Math.abs(after.length - vmas.length)).toBeLessThanOrEqual(1);
    },
  );

  test.prop([addressSpaces(PAGES), ranges(PAGES), fc.nat(1)])(
    'needs no more VMAs from 6.16 on than before',
    (vmas, { addr, len }, id) => {
      const before = withoutIdentities(vmas);
      fc.pre(before.slice(addr, addr + len).every((page) => page === ''));
      const range = vma(addr, len, { id });
      expect(insertMerging(vmas, range, FROM_6_16).length).toBeLessThanOrEqual(
        insertMerging(vmas, range, BEFORE_6_16).length,
      );
    },
  );

  test('does not merge with the VMA that it must stay apart from', () => {
    const source = vma(2, 2);
    const other = vma(8, 2);
    expect(spans(insertMerging([source, other], vma(4, 4), FROM_6_16))).toEqual(['2-10']);
    expect(spans(insertMerging([source, other], vma(4, 4), FROM_6_16, { apart: source }))).toEqual([
      '2-4',
      '4-10',
    ]);
    expect(spans(insertMerging([source, other], vma(4, 4), FROM_6_16, { apart: other }))).toEqual([
      '2-8',
      '8-10',
    ]);
  });
});
