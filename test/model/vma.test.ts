import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  AWAY,
  displacementOf,
  endOf,
  idOf,
  isAccounted,
  isAnonymous,
  isAway,
  isFaulted,
  isShared,
  isWritable,
  Kind,
  kindName,
  kindOf,
  MAX_ID,
  MAX_PAGES,
  ModelLimitError,
  makeVma,
  offsetOf,
  Prot,
  pagesOf,
  placeWord,
  protName,
  protOf,
  reshaped,
  sameButProtection,
  sameMapping,
  startOf,
  VM_ACCOUNT,
  type Vma,
  type VmaParts,
  withAccount,
  withId,
  withoutAnonVma,
  withProt,
} from '../../src/model/vma.js';
import { kindNames, protNames, ranges } from '../support/arbitraries.js';

type AllParts = Required<VmaParts>;

/** Every value that every field can take, together. */
const parts: fc.Arbitrary<AllParts> = fc
  .record({
    range: ranges(MAX_PAGES),
    kind: kindNames,
    prot: protNames,
    displacement: fc.integer({ min: -64, max: 63 }),
    id: fc.nat(MAX_ID),
    flags: fc.constantFrom(0, VM_ACCOUNT, AWAY, VM_ACCOUNT | AWAY),
  })
  .map(({ range, kind, prot, ...rest }) => ({
    start: range.addr,
    pages: range.len,
    kind: Kind[kind],
    prot: Prot[prot],
    ...rest,
  }));

const read = (vma: ReturnType<typeof makeVma>): AllParts => ({
  start: startOf(vma),
  pages: pagesOf(vma),
  kind: kindOf(vma),
  prot: protOf(vma),
  displacement: displacementOf(vma),
  id: idOf(vma),
  flags: (isAccounted(vma) ? VM_ACCOUNT : 0) | (isAway(vma) ? AWAY : 0),
});

describe('a VMA word', () => {
  test.prop([parts])('gives back every field that went into it', (p) => {
    expect(read(makeVma(p))).toEqual(p);
  });

  test.prop([parts])('is a 32-bit integer, so that it is stored unboxed', (p) => {
    const vma = makeVma(p);
    expect(vma | 0).toBe(vma);
  });

  test.prop([parts])('has the end and the offset that its fields add up to', (p) => {
    const vma = makeVma(p);
    expect(endOf(vma)).toBe(p.start + p.pages);
    expect(offsetOf(vma)).toBe(p.start + p.displacement);
  });

  test.prop([parts, parts])('is the same word exactly if all fields are the same', (p, q) => {
    const same = JSON.stringify(read(makeVma(p))) === JSON.stringify(read(makeVma(q)));
    expect(makeVma(p) === makeVma(q)).toBe(same);
  });

  test('without optional parts is at its own offset, has no identity and no flag', () => {
    const vma = makeVma({ start: 3, pages: 2, kind: Kind.anon, prot: Prot.r });
    expect(read(vma)).toMatchObject({ displacement: 0, id: 0, flags: 0 });
  });
});

describe('what a VMA is', () => {
  test.prop([parts, kindNames, protNames])('follows from kind and protection', (p, kind, prot) => {
    const vma = makeVma({ ...p, kind: Kind[kind], prot: Prot[prot] });
    expect(kindName(vma)).toBe(kind);
    expect(protName(vma)).toBe(prot);
    expect(isShared(vma)).toBe(kind !== 'anon' && kind !== 'fpriv');
    expect(isAnonymous(vma)).toBe(kind === 'anon');
    expect(isWritable(vma)).toBe(prot === 'rw');
  });

  test.prop([parts])('a private one is faulted if it has an anon_vma, a shared one never', (p) => {
    const isPrivate = p.kind === Kind.anon || p.kind === Kind.fpriv;
    expect(isFaulted(makeVma(p))).toBe(isPrivate && p.id !== 0);
  });
});

describe('changing one field', () => {
  test.prop([parts, fc.nat(MAX_ID)])('of identity leaves the others', (p, id) => {
    expect(read(withId(makeVma(p), id))).toEqual({ ...p, id });
  });

  test.prop([parts])('of its anon_vma takes away with it that it was moved', (p) => {
    const unwritten = { ...p, id: 0, flags: p.flags & ~AWAY };
    expect(read(withoutAnonVma(makeVma(p)))).toEqual(unwritten);
  });

  test.prop([parts, protNames])('of protection leaves the others', (p, prot) => {
    expect(read(withProt(makeVma(p), Prot[prot]))).toEqual({ ...p, prot: Prot[prot] });
  });

  test.prop([parts, fc.boolean()])('of the charge leaves the others', (p, on) => {
    const flags = (p.flags & AWAY) | (on ? VM_ACCOUNT : 0);
    expect(read(withAccount(makeVma(p), on))).toEqual({ ...p, flags });
  });
});

describe('another range of a VMA', () => {
  test.prop([parts, ranges(MAX_PAGES)])(
    'keeps the page offset that each page has, and all other fields',
    (p, { addr, len }) => {
      const part = reshaped(makeVma(p), addr, addr + len);
      expect(read(part)).toEqual({ ...p, start: addr, pages: len });
      expect(offsetOf(part) - offsetOf(makeVma(p))).toBe(addr - p.start);
    },
  );

  test.prop([parts, ranges(MAX_PAGES), fc.integer({ min: -64, max: 63 })])(
    'at another place has the displacement that it is given, and all other fields',
    (p, { addr, len }, displacement) => {
      const moved = placeWord(makeVma(p), addr, len, displacement);
      expect(read(moved)).toEqual({ ...p, start: addr, pages: len, displacement });
    },
  );
});

describe('what does not fit a word is refused, not cut off', () => {
  const vma = makeVma({ start: 0, pages: 1, kind: Kind.fshared, prot: Prot.r });

  const misfits = [
    { what: 'an end beyond the last page', start: 63, pages: 2, displacement: 0 },
    { what: 'a start beyond the last page', start: 64, pages: 1, displacement: 0 },
    { what: 'a displacement below the least', start: 0, pages: 1, displacement: -65 },
    { what: 'a displacement above the greatest', start: 0, pages: 1, displacement: 64 },
  ];

  for (const { what, start, pages, displacement } of misfits) {
    test(what, () => {
      expect(() => placeWord(vma, start, pages, displacement)).toThrow(ModelLimitError);
      expect(() =>
        makeVma({ start, pages, displacement, kind: Kind.fshared, prot: Prot.r }),
      ).toThrow(ModelLimitError);
    });
  }

  test('an identity above the greatest', () => {
    expect(() =>
      makeVma({ start: 0, pages: 1, kind: Kind.anon, prot: Prot.rw, id: MAX_ID + 1 }),
    ).toThrow(ModelLimitError);
  });

  test('the last page and the extreme displacements still fit', () => {
    expect(endOf(placeWord(vma, 63, 1, 63))).toBe(64);
    expect(displacementOf(placeWord(vma, 0, 64, -64))).toBe(-64);
  });
});

describe('equal in everything but position', () => {
  test.prop([parts, ranges(MAX_PAGES), fc.nat(MAX_ID)])(
    'holds for another range and identity of the same mapping',
    (p, { addr, len }, id) => {
      const other = withId(reshaped(makeVma(p), addr, addr + len), id);
      expect(sameMapping(makeVma(p), other)).toBe(true);
    },
  );

  test.prop([parts, parts])('means kind, protection, charge and displacement', (p, q) => {
    const common = ({ kind, displacement, flags }: AllParts) => [kind, displacement, flags];
    const alike = common(p).every((value, i) => value === common(q)[i]);
    expect(sameButProtection(makeVma(p), makeVma(q))).toBe(alike);
    const here = ({ flags, ...rest }: AllParts): AllParts => ({ ...rest, flags: flags & ~AWAY });
    const mapped = common(here(p)).every((value, i) => value === common(here(q))[i]);
    expect(sameMapping(makeVma(p), makeVma(q))).toBe(mapped && p.prot === q.prot);
  });

  test.prop([parts])('tells what is away apart for a shared anon_vma, and not for a merge', (p) => {
    const [home, away] = [p.flags & ~AWAY, p.flags | AWAY].map((flags) => makeVma({ ...p, flags }));
    expect(sameButProtection(home as Vma, away as Vma)).toBe(false);
    expect(sameMapping(home as Vma, away as Vma)).toBe(true);
  });

  test.prop([parts, protNames])('but protection: holds whatever the protections are', (p, prot) => {
    expect(sameButProtection(makeVma(p), withProt(makeVma(p), Prot[prot]))).toBe(true);
  });
});
