import type { Vmas } from '../model/address-space.js';
import { remembered } from '../model/remembered.js';
import {
  AWAY,
  HUGE,
  idOf,
  isHugetlb,
  isObject,
  Kind,
  kindOf,
  makeVma,
  Prot,
  reshaped,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
  type Vma,
  withId,
} from '../model/vma.js';
import { isAccountedAnyway, type SpaceBounds, type VmaClass } from './bounds.js';

const isPrivate = (kind: number): boolean => kind < Kind.fshared;

const flagsOf = (c: VmaClass): number =>
  ((c.accounted ?? isAccountedAnyway(c)) ? VM_ACCOUNT : 0) |
  (c.locked === true ? VM_LOCKED : 0) |
  (c.sealed === true ? VM_SEALED : 0) |
  (c.armed === true ? VM_UFFD : 0) |
  (c.away === true ? AWAY : 0);

/** How many identities of each kind are used so far, by its number. */
type Used = readonly number[];

/** Identities that a next VMA may have: any used so far by its kind, or the least unused one. */
function identities(vma: VmaClass, used: Used, most: number): readonly number[] {
  const kind = Kind[vma.kind];
  const needed = isPrivate(kind) ? vma.populated : isObject(kind);
  if (!needed) return [0];
  return Array.from({ length: Math.min((used[kind] ?? 0) + 1, most) }, (_, i) => i + 1);
}

function withUsed(used: Used, vma: Vma): Used {
  const kind = kindOf(vma);
  const after = [...used];
  after[kind] = Math.max(after[kind] ?? 0, idOf(vma));
  return after;
}

/** Where a VMA may have its page offset from. Of a file or object there is nothing before its first page. */
function displacements(bounds: SpaceBounds, c: VmaClass, start: number): readonly number[] {
  const isAnon = c.kind === 'anon';
  if (isAnon && c.displaced === true) return bounds.displacements.filter((d) => d !== 0);
  if (isAnon && !c.populated) return [0];
  return bounds.displacements.filter((d) => isAnon || start + d >= 0);
}

/** Every VMA of the classes that may start at a page, as one page long. */
function candidates(bounds: SpaceBounds, start: number, used: Used): Vma[] {
  return bounds.classes.flatMap((c) => {
    const kind = Kind[c.kind];
    return identities(c, used, bounds.identities).flatMap((id) =>
      displacements(bounds, c, start).map((displacement) =>
        makeVma({
          start,
          pages: 1,
          kind,
          prot: Prot[c.prot],
          displacement,
          id,
          flags: flagsOf(c),
        }),
      ),
    );
  });
}

/** So many VMAs, over so many pages together, are still to come from a page on. */
interface Rest {
  readonly start: number;
  readonly vmas: number;
  readonly mapped: number;
  readonly used: Used;
}

/** The ways to go on. */
interface Ways {
  readonly count: number;
  /** Each VMA that may come next, with the ways behind it, and how many there are with those before it. */
  readonly next: readonly { readonly vma: Vma; readonly behind: Ways; readonly first: number }[];
}

const DONE: Ways = { count: 1, next: [] };
const NONE: Ways = { count: 0, next: [] };

/** The last of some entries that do not begin behind a number; the first begins with 0. */
function lastBefore<T extends { readonly first: number }>(
  entries: readonly T[],
  number: number,
): T {
  let low = 0;
  let high = entries.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((entries[middle] as T).first <= number) low = middle;
    else high = middle;
  }
  return entries[low] as T;
}

/**
 * Every well-formed address space within the bounds, those with few VMAs and few pages first.
 * Neighbours that could merge but have not are among them, as the kernel leaves such behind.
 * Identities are numbered by first appearance, so that no two differ in their names alone.
 *
 * None is kept: one is made from its number, by how many there are of each beginning, so that there may
 * be more of them than fit in memory.
 */
export class AddressSpaces {
  readonly length: number;
  /** Those with so many VMAs and pages, in order, with the number of the first of them. */
  private readonly groups: readonly { readonly first: number; readonly ways: Ways }[];
  private readonly known = new Map<string, Ways>();

  constructor(private readonly bounds: SpaceBounds) {
    const groups: { first: number; ways: Ways }[] = [];
    let first = 0;
    for (let vmas = 0; vmas <= Math.min(bounds.vmas, bounds.pages); vmas++) {
      for (let mapped = vmas; mapped <= bounds.pages; mapped++) {
        const ways = this.waysFrom({ start: 0, vmas, mapped, used: [] });
        if (ways.count > 0) groups.push({ first, ways });
        first += ways.count;
      }
    }
    this.groups = groups;
    this.length = first;
  }

  /** The address space of a number from 0 to `length` - 1. */
  at(number: number): Vmas {
    if (number < 0 || number >= this.length) throw new RangeError(`no address space ${number}`);
    const group = lastBefore(this.groups, number);
    const vmas: Vma[] = [];
    let left = number - group.first;
    let { ways } = group;
    while (ways !== DONE) {
      const { vma, behind, first } = lastBefore(ways.next, left);
      vmas.push(vma);
      left -= first;
      ways = behind;
    }
    return vmas;
  }

  /** All of them, in order. */
  *[Symbol.iterator](): Generator<Vmas> {
    for (let number = 0; number < this.length; number++) yield this.at(number);
  }

  private waysFrom(rest: Rest): Ways {
    const { start, vmas, mapped, used } = rest;
    if (vmas === 0) return mapped === 0 ? DONE : NONE;
    if (mapped < vmas || this.bounds.pages - start < mapped) return NONE;
    const key = `${start} ${vmas} ${mapped} ${used}`;
    return remembered(this.known, key, () => this.waysAfter(rest));
  }

  /** The next VMA in every place and length. */
  private waysAfter({ start, vmas, mapped, used }: Rest): Ways {
    const { pages } = this.bounds;
    const next: { vma: Vma; behind: Ways; first: number }[] = [];
    let count = 0;
    for (let page = start; page < pages; page++) {
      for (const vma of candidates(this.bounds, page, used)) {
        const unit = isHugetlb(vma) ? HUGE : 1;
        if (page % unit !== 0) continue;
        for (let long = unit; page + long <= pages && long <= mapped; long += unit) {
          const behind = this.waysFrom({
            start: page + long,
            vmas: vmas - 1,
            mapped: mapped - long,
            used: withUsed(used, vma),
          });
          if (behind.count === 0) continue;
          next.push({ vma: reshaped(vma, page, page + long), behind, first: count });
          count += behind.count;
        }
      }
    }
    return count === 0 ? NONE : { count, next };
  }
}

let latest: { readonly key: string; readonly spaces: AddressSpaces } | undefined;

/** The address spaces of the bounds; parts of one search ask for the same again and again. */
export function addressSpaces(bounds: SpaceBounds): AddressSpaces {
  const { pages, classes, vmas, identities, displacements } = bounds;
  const key = JSON.stringify([pages, classes, vmas, identities, displacements]);
  if (latest?.key !== key) latest = { key, spaces: new AddressSpaces(bounds) };
  return latest.spaces;
}

/** Bits of an identity in a VMA word. */
const IDENTITY_BITS = 4;
const HIGHEST = (1 << IDENTITY_BITS) - 1;

/** Whether the identities of each kind are numbered by first appearance. */
function isCanonical(vmas: Vmas): boolean {
  // The highest identity met of each kind, side by side in one integer.
  let met = 0;
  for (const vma of vmas) {
    const id = idOf(vma);
    if (id === 0) continue;
    const place = kindOf(vma) * IDENTITY_BITS;
    const highest = (met >>> place) & HIGHEST;
    if (id > highest + 1) return false;
    if (id > highest) met += 1 << place;
  }
  return true;
}

/** The same address space with identities numbered by first appearance: equal situations are equal states. */
export function canonical(vmas: Vmas): Vmas {
  if (isCanonical(vmas)) return vmas;
  const names = new Map<number, number>();
  const next = new Map<number, number>();
  return vmas.map((vma) => {
    if (idOf(vma) === 0) return vma;
    const kind = kindOf(vma);
    const key = (kind << 8) | idOf(vma);
    let name = names.get(key);
    if (name === undefined) {
      name = (next.get(kind) ?? 0) + 1;
      next.set(kind, name);
      names.set(key, name);
    }
    return withId(vma, name);
  });
}
