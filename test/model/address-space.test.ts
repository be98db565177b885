import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  findIndex,
  highestGap,
  insert,
  isFree,
  isStrictlyInside,
  removeWithin,
  replaceAt,
  spliced,
  splitAt,
  vmaAt,
} from '../../src/model/address-space.js';
import { endOf, Kind, makeVma, Prot, startOf, withId } from '../../src/model/vma.js';
import { addressSpaces, ranges } from '../support/arbitraries.js';
import { isSortedAndDisjoint, owners, pageMap } from '../support/page-map.js';

// Every law is checked against an array of pages that knows nothing of VMAs. The address spaces are
// frozen, so that a function that modified its input would throw.

const PAGES = 20;
const spaces = addressSpaces(PAGES);
const pages = fc.nat(PAGES - 1);
const range = ranges(PAGES);

const rangeIsFree = (owner: readonly number[], start: number, end: number): boolean =>
  owner.slice(start, end).every((index) => index === -1);

describe('looking up', () => {
  test.prop([spaces, pages])(
    'findIndex is the first VMA that ends behind the page',
    (vmas, page) => {
      const naive = vmas.findIndex((vma) => endOf(vma) > page);
      expect(findIndex(vmas, page)).toBe(naive === -1 ? vmas.length : naive);
    },
  );

  test.prop([spaces, pages])('vmaAt is the VMA that holds the page', (vmas, page) => {
    expect(vmaAt(vmas, page)).toBe(vmas[owners(vmas, PAGES)[page] as number]);
  });

  test.prop([spaces, range])('isFree means that no page of the range is mapped', (vmas, r) => {
    const end = r.addr + r.len;
    expect(isFree(vmas, r.addr, end)).toBe(rangeIsFree(owners(vmas, PAGES), r.addr, end));
  });

  test.prop([spaces, range])(
    'isStrictlyInside means that the range and a page on either side are one VMA',
    (vmas, { addr, len }) => {
      const owner = owners(vmas, PAGES);
      const one = owner[addr] as number;
      const around = owner.slice(addr, addr + len + 1);
      const inside =
        one !== -1 &&
        owner[addr - 1] === one &&
        around.length === len + 1 &&
        around.every((index) => index === one);
      expect(isStrictlyInside(vmas, addr, addr + len)).toBe(inside);
    },
  );

  test.prop([spaces, fc.integer({ min: 1, max: PAGES })])(
    'highestGap is the first free range that a search from the top finds',
    (vmas, length) => {
      const owner = owners(vmas, PAGES);
      let naive: number | undefined;
      for (let at = PAGES - length; at >= 0 && naive === undefined; at--) {
        if (rangeIsFree(owner, at, at + length)) naive = at;
      }
      expect(highestGap(vmas, length, PAGES)).toBe(naive);
    },
  );
});

describe('splitting', () => {
  test.prop([spaces, pages])('leaves every page mapped as it was', (vmas, page) => {
    const after = splitAt(vmas, page);
    expect(pageMap(after, PAGES)).toEqual(pageMap(vmas, PAGES));
    expect(isSortedAndDisjoint(after)).toBe(true);
  });

  test.prop([spaces, pages])(
    'adds one VMA where the page is inside one, and is the same array otherwise',
    (vmas, page) => {
      const owner = owners(vmas, PAGES);
      const after = splitAt(vmas, page);
      if (page > 0 && owner[page] !== -1 && owner[page] === owner[page - 1]) {
        expect(after).toHaveLength(vmas.length + 1);
        expect(after.some((vma) => startOf(vma) === page)).toBe(true);
      } else {
        expect(after).toBe(vmas);
      }
    },
  );
});

describe('removing', () => {
  test.prop([spaces, range])('after two splits clears the pages and no others', (vmas, r) => {
    const end = r.addr + r.len;
    const after = removeWithin(splitAt(splitAt(vmas, r.addr), end), r.addr, end);
    const expected = pageMap(vmas, PAGES).fill('', r.addr, end);
    expect(pageMap(after, PAGES)).toEqual(expected);
    expect(isSortedAndDisjoint(after)).toBe(true);
  });

  test.prop([spaces, range])(
    'adds one VMA exactly if the range is strictly inside one, else it adds none',
    (vmas, r) => {
      const end = r.addr + r.len;
      const after = removeWithin(splitAt(splitAt(vmas, r.addr), end), r.addr, end);
      if (isStrictlyInside(vmas, r.addr, end)) expect(after).toHaveLength(vmas.length + 1);
      else expect(after.length).toBeLessThanOrEqual(vmas.length);
    },
  );

  test.prop([spaces, range])('from free space is the same array', (vmas, r) => {
    fc.pre(rangeIsFree(owners(vmas, PAGES), r.addr, r.addr + r.len));
    expect(removeWithin(vmas, r.addr, r.addr + r.len)).toBe(vmas);
  });
});

describe('putting in', () => {
  test.prop([spaces, range])('a VMA into free space maps its pages and no others', (vmas, r) => {
    fc.pre(rangeIsFree(owners(vmas, PAGES), r.addr, r.addr + r.len));
    const vma = makeVma({ start: r.addr, pages: r.len, kind: Kind.ramfs, prot: Prot.r });
    const after = insert(vmas, vma);
    const alone = pageMap([vma], PAGES);
    expect(pageMap(after, PAGES)).toEqual(
      pageMap(vmas, PAGES).map((was, page) => was || alone[page]),
    );
    expect(after).toHaveLength(vmas.length + 1);
    expect(isSortedAndDisjoint(after)).toBe(true);
  });

  test.prop([spaces, pages])(
    'another VMA in the place of one changes that one alone',
    (vmas, page) => {
      const index = owners(vmas, PAGES)[page] as number;
      const vma = vmas[index];
      fc.pre(vma !== undefined);
      const other = withId(vma, 9);
      expect(replaceAt(vmas, page, other)).toEqual(vmas.map((v, i) => (i === index ? other : v)));
    },
  );

  test.prop([spaces, spaces, fc.nat(8), fc.nat(8)])(
    'spliced does what toSpliced does',
    (vmas, fresh, index, count) => {
      fc.pre(index + count <= vmas.length);
      expect(spliced(vmas, index, count, fresh)).toEqual(vmas.toSpliced(index, count, ...fresh));
    },
  );
});

describe('purity', () => {
  test.prop([spaces, range])(
    'no function modifies the address space that it is given',
    (vmas, r) => {
      const end = r.addr + r.len;
      const before = [...vmas];
      const vma = makeVma({ start: r.addr, pages: r.len, kind: Kind.anon, prot: Prot.r });
      expect(Object.isFrozen(vmas)).toBe(true);
      findIndex(vmas, r.addr);
      isFree(vmas, r.addr, end);
      isStrictlyInside(vmas, r.addr, end);
      highestGap(vmas, r.len, PAGES);
      splitAt(vmas, r.addr);
      removeWithin(vmas, r.addr, end);
      insert(vmas, vma);
      replaceAt(vmas, r.addr, vma);
      expect(vmas).toEqual(before);
    },
  );
});
