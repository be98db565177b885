import { describe, expect, test } from 'vitest';
import type { Vmas } from '../../src/model/address-space.js';
import { Kind, makeVma, Prot, VM_ACCOUNT, VM_LOCKED, VM_SEALED } from '../../src/model/vma.js';
import { beforeAfterRows } from '../../src/report/faces/space.js';
import { style } from '../../src/report/style.js';

const anon = (start: number, flags: number, prot: Prot = Prot.rw) =>
  makeVma({ start, pages: 1, kind: Kind.anon, prot, flags });

const rows = (before: Vmas, after: Vmas): string[] =>
  beforeAfterRows([before, after], ['', ''], 3, {
    s: style(false),
    width: 80,
    verbose: false,
    vmas: 'none',
  })
    .map((row) => row.trimEnd())
    .slice(1, -1);

describe('an address space before and after', () => {
  test('has a row of flags over it where VMAs have some, and one below where they are others then', () => {
    const locked = anon(0, VM_ACCOUNT | VM_LOCKED);
    expect(rows([locked], [locked, anon(2, VM_ACCOUNT | VM_SEALED)])).toEqual([
      '             +        + locked',
      '  before    |A|. .',
      '  after     |A|.|A|',
      '             +   #    # sealed, + locked',
      '  changed        ^',
    ]);
  });

  test('has no second row where the flags stay, or none are left', () => {
    const locked = anon(0, VM_ACCOUNT | VM_LOCKED);
    expect(rows([locked], [locked]).filter((row) => row.includes('locked'))).toHaveLength(1);
    expect(rows([locked], [anon(0, VM_ACCOUNT)]).filter((row) => row.includes('+'))).toHaveLength(
      1,
    );
  });

  test('marks what is private and writable, and not accounted', () => {
    expect(rows([], [anon(0, 0)])).toContain('             -        - not accounted');
    expect(rows([], [anon(0, 0, Prot.r)]).join()).not.toContain('accounted');
    const shared = makeVma({ start: 0, pages: 1, kind: Kind.shm, prot: Prot.rw, id: 1 });
    expect(rows([], [shared]).join()).not.toContain('accounted');
  });

  test('marks what is private and not accounted beside what is, of one letter', () => {
    const accounted = anon(0, VM_ACCOUNT, Prot.r);
    const other = anon(2, 0, Prot.r);
    expect(rows([accounted], [accounted, other])).toEqual([
      '  before    |a|. .',
      '  after     |a|.|a|',
      '                 -    - not accounted',
      '  changed        ^',
    ]);
  });

  test('tells VMAs of one letter apart by anon_vma, where they differ', () => {
    const written = (start: number, id: number) =>
      makeVma({ start, pages: 1, kind: Kind.anon, prot: Prot.rw, id, flags: VM_ACCOUNT });
    expect(rows([written(0, 1), written(1, 2)], [anon(1, VM_ACCOUNT)])).toEqual([
      '  anon_vma   1 2',
      '  before    |A|A|.',
      '  after      .|A|.',
      '  anon_vma     -',
      '  changed    ^ ^',
    ]);
    expect(rows([written(0, 1)], [written(2, 1)]).join()).not.toContain('anon_vma');
  });

  test('has the offset of anonymous memory that is not where that says', () => {
    const moved = makeVma({
      start: 2,
      pages: 1,
      kind: Kind.anon,
      prot: Prot.rw,
      id: 1,
      displacement: -2,
      flags: VM_ACCOUNT,
    });
    const home = makeVma({
      start: 0,
      pages: 1,
      kind: Kind.anon,
      prot: Prot.rw,
      id: 1,
      flags: VM_ACCOUNT,
    });
    expect(rows([home], [moved])).toEqual([
      '  before    |A|. .',
      '  after      . .|A|',
      '  offset         0',
      '  changed    ^   ^',
    ]);
  });
});
