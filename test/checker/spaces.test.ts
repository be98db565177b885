import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { EnumerateBounds, VmaClass } from '../../src/checker/bounds.js';
import { addressSpaces, canonical } from '../../src/checker/spaces.js';
import type { Vmas } from '../../src/model/address-space.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import {
  displacementOf,
  endOf,
  idOf,
  isAccounted,
  kindName,
  mappedPages,
  protName,
  startOf,
  type Vma,
  withId,
} from '../../src/model/vma.js';
import { addressSpaces as anySpace } from '../support/arbitraries.js';
import { isSortedAndDisjoint, owners } from '../support/page-map.js';

const bounds = (given: Partial<EnumerateBounds>): EnumerateBounds => ({
  pages: 4,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas: 4,
  identities: 1,
  displacements: [0],
  limits: [4, 4],
  mremap: { flags: [], lengths: 'any', destinations: 'fits' },
  ...given,
});

const ANON: VmaClass = { kind: 'anon', prot: 'rw', populated: false };
const WRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: true };
const READ_ONLY: VmaClass = { kind: 'anon', prot: 'r', populated: false };
const FILE: VmaClass = { kind: 'fshared', prot: 'rw', populated: false };
const PRIVATE_FILE: VmaClass = { kind: 'fpriv', prot: 'rw', populated: true };
const OBJECT: VmaClass = { kind: 'shm', prot: 'rw', populated: false };

/** What a page may be mapped to; pages of one VMA have the same. */
interface Label {
  readonly what: string;
  readonly kind: string;
  /** 0 for none. */
  readonly id: number;
  /** First page where it can start: a file has nothing before its first page. */
  readonly from: number;
}

function labelsOf({ classes, displacements, identities }: EnumerateBounds): Label[] {
  const labels: Label[] = [];
  for (const { kind, prot, populated } of classes) {
    const isPrivate = kind === 'anon' || kind === 'fpriv';
    const charge = isPrivate && prot === 'rw';
    const free = kind === 'anon' && !populated ? [0] : displacements;
    const named = kind === 'shm' || (isPrivate && populated);
    for (const displacement of free) {
      for (let id = named ? 1 : 0; id <= (named ? identities : 0); id++) {
        const from = kind === 'anon' ? 0 : -displacement;
        labels.push({ what: `${kind} ${prot} ${displacement} ${charge}`, kind, id, from });
      }
    }
  }
  return labels;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly label: Label;
}

/** Every way to label the pages, and to cut or not to cut between neighbours of one label. */
function labellings(pages: number, labels: readonly Label[]): Piece[][] {
  let all: Piece[][] = [[]];
  for (let page = 0; page < pages; page++) {
    all = all.flatMap((pieces) => {
      const last = pieces[pieces.length - 1];
      const more = [pieces];
      for (const label of labels) {
        if (page >= label.from) more.push([...pieces, { start: page, end: page + 1, label }]);
        if (last?.end === page && last.label === label) {
          more.push([...pieces.slice(0, -1), { ...last, end: page + 1 }]);
        }
      }
      return more;
    });
  }
  return all;
}

/** As text, with the identities of each kind named a, b, ... in the order in which they come. */
function textOf(pieces: readonly Piece[]): string {
  const names = new Map<string, string>();
  const given = new Map<string, number>();
  return pieces
    .map(({ start, end, label: { what, kind, id } }) => {
      if (id === 0) return `${start}-${end} ${what}`;
      const key = `${kind} ${id}`;
      if (!names.has(key)) {
        names.set(key, String.fromCharCode(97 + (given.get(kind) ?? 0)));
        given.set(kind, (given.get(kind) ?? 0) + 1);
      }
      return `${start}-${end} ${what} ${names.get(key)}`;
    })
    .join(', ');
}

/** The same text of VMAs, their identities as they are. */
const textOfVmas = (vmas: Vmas): string =>
  vmas
    .map((vma) => {
      const what = `${kindName(vma)} ${protName(vma)} ${displacementOf(vma)} ${isAccounted(vma)}`;
      const name = idOf(vma) === 0 ? '' : ` ${String.fromCharCode(96 + idOf(vma))}`;
      return `${startOf(vma)}-${endOf(vma)} ${what}${name}`;
    })
    .join(', ');

describe('the address spaces within bounds', () => {
  // Each page is free, begins a VMA, or goes on with the one before it: the Fibonacci numbers of odd
  // index.
  for (const [pages, expected] of [
    [1, 2],
    [2, 5],
    [3, 13],
    [4, 34],
    [8, 1597],
  ] as const) {
    test(`of one kind in ${pages} pages are ${expected}`, () => {
      expect(addressSpaces(bounds({ pages, vmas: pages }))).toHaveLength(expected);
    });
  }

  const cases: Record<string, Partial<EnumerateBounds>> = {
    'of one kind': {},
    'of two protections': { classes: [ANON, READ_ONLY], pages: 5, vmas: 5 },
    'of at most two VMAs': { classes: [ANON, FILE], pages: 5, vmas: 2 },
    'written to, with up to three anon_vmas': {
      classes: [WRITTEN],
      identities: 3,
      pages: 5,
      vmas: 5,
    },
    'written to and not': { classes: [ANON, WRITTEN], identities: 2, displacements: [0, 1] },
    'of files at two displacements': { classes: [FILE, PRIVATE_FILE], displacements: [-1, 2] },
    'of shared objects and anon_vmas': { classes: [OBJECT, WRITTEN], identities: 2 },
    'of one object at two displacements': { classes: [OBJECT], displacements: [0, 3] },
    'of an anon_vma in each of two kinds': { classes: [WRITTEN, PRIVATE_FILE], identities: 2 },
  };

  for (const [what, given] of Object.entries(cases)) {
    test(`${what} are all that a labelling of the pages gives, each once`, () => {
      const b = bounds(given);
      const expected = new Set(
        labellings(b.pages, labelsOf(b))
          .filter((pieces) => pieces.length <= b.vmas)
          .map(textOf),
      );
      expect([...addressSpaces(b)].map(textOfVmas).sort()).toEqual([...expected].sort());
    });

    test(`${what} come with few VMAs first, then with few pages`, () => {
      const spaces = [...addressSpaces(bounds(given))];
      const keys = spaces.map((vmas) => 100 * vmas.length + mappedPages(vmas));
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
      expect(spaces.every(isSortedAndDisjoint)).toBe(true);
    });

    test(`${what} are in canonical form`, () => {
      for (const vmas of addressSpaces(bounds(given))) expect(canonical(vmas)).toEqual(vmas);
    });
  }
});

test('there is no address space beyond the last', () => {
  const spaces = addressSpaces(bounds({}));
  expect(spaces.at(spaces.length - 1)).toHaveLength(4);
  expect(() => spaces.at(spaces.length)).toThrow(RangeError);
  expect(() => spaces.at(-1)).toThrow(RangeError);
});

test('more than fit in memory can be had by their numbers', () => {
  // 16 pages of one kind: the Fibonacci number of index 2 * 16 + 1.
  const one = addressSpaces(bounds({ pages: 16, vmas: 16 }));
  expect(one).toHaveLength(3_524_578);
  const many = addressSpaces(
    bounds({ pages: 16, vmas: 16, classes: [ANON, READ_ONLY, WRITTEN, FILE], identities: 2 }),
  );
  expect(many.length).toBeGreaterThan(1e10);
  const last = many.at(many.length - 1);
  expect(last).toHaveLength(16);
  expect(isSortedAndDisjoint(last)).toBe(true);
});

describe('the address spaces of huge pages', () => {
  const HUGE_PAGES: VmaClass = { kind: 'hugetlb', prot: 'rw', populated: false };
  const spaces = (given: Partial<EnumerateBounds>): Vmas[] => [
    ...addressSpaces(bounds({ classes: [HUGE_PAGES], ...given })),
  ];
  const ranges = (list: readonly Vmas[]): string[] =>
    list.map((vmas) => vmas.map((v) => `${startOf(v)}-${endOf(v)}`).join(' ')).sort();

  test('are those of half as many pages, of one object', () => {
    // Each huge page is free, begins a VMA, or goes on with the one before it.
    expect(ranges(spaces({ pages: 4 }))).toEqual(['', '0-2', '0-2 2-4', '0-4', '2-4']);
    expect(spaces({ pages: 6 })).toHaveLength(13);
    expect(spaces({ pages: 8 })).toHaveLength(34);
  });

  test('leave half a huge page at the end of the window free', () => {
    expect(ranges(spaces({ pages: 5 }))).toEqual(ranges(spaces({ pages: 4 })));
  });

  test('have a VMA of the same object or of another beside each', () => {
    // Empty, two of one huge page, one of two, and two VMAs of one object or of two.
    expect(spaces({ pages: 4, identities: 2 })).toHaveLength(1 + 2 + 1 + 2);
  });

  test('have small pages in between', () => {
    // In two pages: 5 of small ones alone, and one huge page.
    expect(spaces({ pages: 2, classes: [HUGE_PAGES, ANON] })).toHaveLength(6);
  });
});

describe('the canonical form', () => {
  const PAGES = 16;
  const shuffles = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 9 });

  test.prop([anySpace(PAGES), shuffles])('forgets how identities are named', (vmas, names) => {
    const renamed = vmas.map((vma) =>
      idOf(vma) === 0 ? vma : withId(vma, names[idOf(vma) - 1] as number),
    );
    expect(canonical(renamed)).toEqual(canonical(vmas));
  });

  test.prop([anySpace(PAGES)])('keeps everything but the names', (vmas) => {
    const nameless = (list: Vmas): Vma[] => list.map((vma) => withId(vma, 0));
    const after = canonical(vmas);
    expect(nameless(after)).toEqual(nameless(vmas));
    vmas.forEach((a, i) => {
      vmas.forEach((b, k) => {
        if (kindName(a) !== kindName(b)) return;
        const same = idOf(after[i] as Vma) === idOf(after[k] as Vma);
        expect(same).toBe(idOf(a) === idOf(b));
      });
    });
  });
});

test.prop([anySpace(16)])('frame tokens are page + 1 where something is mapped, else 0', (vmas) => {
  const expected = owners(vmas, 16).map((index, page) => (index === -1 ? 0 : page + 1));
  expect(frameTokens(vmas, 16)).toEqual(expected);
});
