import { describe, expect, test } from 'vitest';
import { Kind, makeVma, Prot, VM_ACCOUNT } from '../../src/model/vma.js';
import { changedAt, legend, marks, ruler, strip } from '../../src/report/strip.js';

const anon = makeVma({ start: 0, pages: 3, kind: Kind.anon, prot: Prot.rw, id: 1 });
const file = makeVma({ start: 3, pages: 1, kind: Kind.fshared, prot: Prot.r });
const tail = makeVma({ start: 6, pages: 2, kind: Kind.anon, prot: Prot.r });

describe('a strip', () => {
  test('shows each page by the letter of its VMA, and a bar at every border', () => {
    expect(ruler(8)).toBe(' 0 1 2 3 4 5 6 7 ');
    expect(strip([anon, file, tail], 8)).toBe('|A A A|s|. .|a a|');
  });

  test('shows two VMAs of one kind apart', () => {
    const left = makeVma({ start: 0, pages: 1, kind: Kind.shm, prot: Prot.rw, id: 1 });
    const right = makeVma({ start: 1, pages: 1, kind: Kind.shm, prot: Prot.rw, id: 2 });
    expect(strip([left, right], 3)).toBe('|M|M|. ');
  });

  test('has marks in the columns of their pages', () => {
    expect(marks(4, (page) => (page === 2 ? '^' : ' '))).toBe('     ^');
  });

  test('knows a page as changed if its mapping or the borders of its VMA are', () => {
    const accounted = makeVma({
      start: 3,
      pages: 1,
      kind: Kind.fshared,
      prot: Prot.r,
      flags: VM_ACCOUNT,
    });
    const changed = [0, 1, 2, 3, 4, 5].map((page) =>
      changedAt([anon, file], [anon, accounted], page),
    );
    expect(changed).toEqual([false, false, false, true, false, false]);
    const shorter = makeVma({ start: 0, pages: 2, kind: Kind.anon, prot: Prot.rw, id: 1 });
    expect(changedAt([anon], [shorter], 0)).toBe(true);
  });

  test('has a legend of the letters in use', () => {
    expect(legend([[anon, file], [tail]])).toBe(
      'A anon rw, populated, a anon r, s fshared r, . free',
    );
  });
});
