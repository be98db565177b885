import fc from 'fast-check';
import type { Vmas } from '../../src/model/address-space.js';
import {
  type Call,
  DONTUNMAP,
  FIXED,
  flagBits,
  MAYMOVE,
  type MmapCall,
  type MremapCall,
} from '../../src/model/calls.js';
import {
  HUGE,
  isObject,
  Kind,
  type KindName,
  makeVma,
  Prot,
  type ProtName,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
  type Vma,
} from '../../src/model/vma.js';

const plainKinds = ['anon', 'fpriv', 'fshared', 'shm', 'ramfs'] as const;
const plainKindNames: fc.Arbitrary<KindName> = fc.constantFrom(...plainKinds);
export const kindNames: fc.Arbitrary<KindName> = fc.constantFrom(
  ...plainKinds,
  'special',
  'hugetlb',
);
export const protNames: fc.Arbitrary<ProtName> = fc.constantFrom('r', 'rw');

/** A VMA to come, with the free pages before it. */
const segments = fc.record({
  gap: fc.nat(2),
  length: fc.integer({ min: 1, max: 5 }),
  kind: kindNames,
  prot: protNames,
  /** Private kinds: written to, so that there is an anon_vma. */
  populated: fc.boolean(),
  /** A private mapping keeps the charge when it becomes read-only. */
  charged: fc.boolean(),
  displacement: fc.integer({ min: -8, max: 8 }),
  /** Any of VM_LOCKED, VM_SEALED and VM_UFFD_MISSING, as far as the kind can have them; most VMAs have none. */
  flags: fc.oneof(
    { arbitrary: fc.constant(0), weight: 5 },
    {
      arbitrary: fc.constantFrom(VM_LOCKED, VM_SEALED, VM_UFFD, VM_LOCKED | VM_SEALED),
      weight: 3,
    },
  ),
  /** Which of the identities of its kind, if it is one that exists already. */
  identity: fc.nat(3),
});
type Segment = typeof segments extends fc.Arbitrary<infer S> ? S : never;

const isPrivate = (kind: KindName): boolean => kind === 'anon' || kind === 'fpriv';

/** What a VMA of the kind cannot have: drivers' mappings and huge pages are not locked, and only memory is registered, huge pages too. */
const impossible = (kind: KindName): number =>
  (Kind[kind] >= Kind.special ? VM_LOCKED : 0) |
  (kind === 'ramfs' || kind === 'special' ? VM_UFFD : 0);

/** Whole huge pages where the kind has such. */
const inUnits = (kind: KindName, pages: number): number =>
  kind === 'hugetlb' ? Math.ceil(pages / HUGE) * HUGE : pages;

/** Lays the segments out from page 0 on, as many as fit; identities are numbered by first appearance. */
function laidOut(list: readonly Segment[], pages: number): Vmas {
  const vmas: Vma[] = [];
  const used = new Map<KindName, number>();
  let at = 0;
  for (const {
    gap,
    length: wanted,
    kind,
    prot,
    populated,
    charged,
    displacement,
    flags,
    identity,
  } of list) {
    const start = inUnits(kind, at + gap);
    const length = inUnits(kind, wanted);
    if (start + length > pages) break;
    const identified = isObject(Kind[kind]) || (isPrivate(kind) && populated);
    const most = used.get(kind) ?? 0;
    const id = identified ? Math.min(identity, most) + 1 : 0;
    used.set(kind, Math.max(most, id));
    vmas.push(
      makeVma({
        start,
        pages: length,
        kind: Kind[kind],
        prot: Prot[prot],
        displacement: kind === 'anon' && !populated ? 0 : displacement,
        id,
        flags:
          (flags & ~impossible(kind)) |
          (isPrivate(kind) && (prot === 'rw' || charged) ? VM_ACCOUNT : 0),
      }),
    );
    at = start + length;
  }
  return Object.freeze(vmas);
}

/**
 * A well-formed address space of up to `pages` pages, frozen: sorted, disjoint, with all kinds,
 * locked, sealed and registered VMAs among them.
 * Neighbours may be mergeable and yet apart, as the kernel leaves such behind.
 */
export const addressSpaces = (pages: number): fc.Arbitrary<Vmas> =>
  fc.array(segments, { maxLength: 8 }).map((list) => laidOut(list, pages));

/** A range of at least one page within the window. */
export const ranges = (pages: number): fc.Arbitrary<{ addr: number; len: number }> =>
  fc
    .nat(pages - 1)
    .chain((addr) =>
      fc.integer({ min: 1, max: pages - addr }).map((len) => Object.freeze({ addr, len })),
    );

const mmapCalls = (pages: number, kinds: fc.Arbitrary<KindName>): fc.Arbitrary<MmapCall> =>
  fc
    .tuple(ranges(pages), kinds, protNames, fc.nat(8))
    .map(([range, kind, prot, offset]) => ({ call: 'mmap', ...range, kind, prot, offset }));

/** A short range within the window. */
const shortRanges = (pages: number): fc.Arbitrary<{ addr: number; len: number }> =>
  fc
    .tuple(fc.nat(pages - 1), fc.integer({ min: 1, max: 4 }))
    .map(([addr, len]) => ({ addr, len: Math.min(len, pages - addr) }));

/** Combinations that do something come more often than those that every release refuses. */
const flagSets = fc.oneof(
  { arbitrary: fc.constant(MAYMOVE | FIXED), weight: 6 },
  { arbitrary: fc.constantFrom(0, MAYMOVE, MAYMOVE | DONTUNMAP), weight: 3 },
  { arbitrary: fc.constant(MAYMOVE | FIXED | DONTUNMAP), weight: 2 },
  { arbitrary: fc.nat(7), weight: 1 },
);

const lengths = (pages: number): fc.Arbitrary<number> =>
  fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 4 }), weight: 6 },
    { arbitrary: fc.nat(pages), weight: 1 },
  );

/** Any mremap() call, sensible or not, whose addresses are in the window. */
export const mremapCalls = (pages: number): fc.Arbitrary<MremapCall> =>
  fc
    .record({
      addr: fc.nat(pages - 1),
      oldLen: lengths(pages),
      newLen: lengths(pages),
      sameLength: fc.boolean(),
      flags: flagSets,
      newAddr: fc.nat(pages - 1),
    })
    .map(({ sameLength, ...c }) =>
      Object.freeze({ call: 'mremap', ...c, newLen: sameLength ? c.oldLen : c.newLen }),
    );

const flagged = (
  within: ReturnType<typeof shortRanges>,
  call: 'mlock' | 'munlock' | 'mseal' | 'uffd',
): fc.Arbitrary<Call> => within.map((range): Call => ({ call, ...range }));

/** Calls by how often they come; more is mapped than unmapped, so that a history finds something to work on. */
const weighted = (pages: number, kinds: fc.Arbitrary<KindName>) => {
  const short = shortRanges(pages);
  return [
    { arbitrary: mmapCalls(pages, kinds), weight: 5 },
    { arbitrary: mremapCalls(pages), weight: 6 },
    { arbitrary: short.map((range): Call => ({ call: 'munmap', ...range })), weight: 2 },
    { arbitrary: short.map((range): Call => ({ call: 'touch', ...range })), weight: 4 },
    {
      arbitrary: fc
        .tuple(short, protNames)
        .map(([range, prot]): Call => ({ call: 'mprotect', ...range, prot })),
      weight: 2,
    },
    { arbitrary: flagged(short, 'mlock'), weight: 2 },
    { arbitrary: flagged(short, 'munlock'), weight: 1 },
    { arbitrary: flagged(short, 'mseal'), weight: 1 },
  ];
};

/** Any call of any kind. */
export const calls = (pages: number): fc.Arbitrary<Call> =>
  fc.oneof(...weighted(pages, kindNames), {
    arbitrary: flagged(shortRanges(pages), 'uffd'),
    weight: 1,
  });

/** The same without huge pages, drivers' mappings and userfaultfd. */
export const plainCalls = (pages: number): fc.Arbitrary<Call> =>
  fc.oneof(...weighted(pages, plainKindNames));

/** The same with an odd argument or two: zero, inside a page, beyond the window, an unknown flag. */
export const oddMremapCalls = (pages: number): fc.Arbitrary<MremapCall> => {
  const odd = fc.option(fc.constantFrom(0, 0.5, 1.5, pages, pages + 1), { freq: 3 });
  return fc
    .tuple(mremapCalls(pages), odd, odd, odd, odd, fc.nat(15))
    .map(([call, addr, oldLen, newLen, newAddr, unknown]) => ({
      ...call,
      addr: addr ?? call.addr,
      oldLen: oldLen ?? call.oldLen,
      newLen: newLen ?? call.newLen,
      newAddr: newAddr ?? call.newAddr,
      flags: unknown === 0 ? call.flags | flagBits(['UNKNOWN']) : call.flags,
    }));
};

/** Map slots left, from a limit that was lowered below the count to one that is out of the way. */
export const headrooms: fc.Arbitrary<number> = fc.integer({ min: -2, max: 9 });
