import type { Vmas } from '../model/address-space.js';
import type { Pages } from '../model/state.js';
import {
  endOf,
  HUGE,
  idOf,
  isHugetlb,
  isObject,
  Kind,
  kindOf,
  makeVma,
  mappedPages,
  Prot,
  reshaped,
  startOf,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
  type Vma,
  withId,
} from '../model/vma.js';
import type { EnumerateBounds, VmaClass } from './bounds.js';

const isPrivate = (kind: number): boolean => kind < Kind.fshared;

/** A private VMA is accounted if it is writable, or was when it was written. */
const flagsOf = ({ kind, prot, populated, locked, sealed, armed }: VmaClass): number =>
  (isPrivate(Kind[kind]) && (prot === 'rw' || populated) ? VM_ACCOUNT : 0) |
  (locked === true ? VM_LOCKED : 0) |
  (sealed === true ? VM_SEALED : 0) |
  (armed === true ? VM_UFFD : 0);

/** Identities that a next VMA may have: any used so far by its kind, or the least unused one. */
function identities(vma: VmaClass, before: Vmas, most: number): readonly number[] {
  const kind = Kind[vma.kind];
  const needed = isPrivate(kind) ? vma.populated : isObject(kind);
  if (!needed) return [0];
  let used = 0;
  for (const other of before) if (kindOf(other) === kind) used = Math.max(used, idOf(other));
  return Array.from({ length: Math.min(used + 1, most) }, (_, i) => i + 1);
}

/** Of a file or object there is nothing before its first page. */
const displacements = (
  bounds: EnumerateBounds,
  kind: number,
  rebased: boolean,
  start: number,
): readonly number[] =>
  rebased ? [0] : bounds.displacements.filter((d) => kind === Kind.anon || start + d >= 0);

/** Every VMA of the classes that may start at a page, as one page long. */
function candidates(bounds: EnumerateBounds, start: number, before: Vmas): Vma[] {
  return bounds.classes.flatMap((c) => {
    const kind = Kind[c.kind];
    const rebased = kind === Kind.anon && !c.populated;
    return identities(c, before, bounds.identities).flatMap((id) =>
      displacements(bounds, kind, rebased, start).map((displacement) =>
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

const longer = (vma: Vma, pages: number): Vma => reshaped(vma, startOf(vma), startOf(vma) + pages);

function* spacesFrom(
  bounds: EnumerateBounds,
  start: number,
  before: readonly Vma[],
): Generator<Vmas> {
  yield before;
  if (before.length === bounds.vmas) return;
  for (let page = start; page < bounds.pages; page++) {
    for (const vma of candidates(bounds, page, before)) {
      const unit = isHugetlb(vma) ? HUGE : 1;
      if (page % unit !== 0) continue;
      for (let pages = unit; page + pages <= bounds.pages; pages += unit) {
        yield* spacesFrom(bounds, page + pages, [...before, longer(vma, pages)]);
      }
    }
  }
}

/**
 * Every well-formed address space within the bounds, those with few VMAs and few pages first.
 * Neighbours that could merge but have not are among them, as the kernel leaves such behind.
 * Identities are numbered by first appearance, so that no two differ in their names alone.
 */
export function addressSpaces(bounds: EnumerateBounds): readonly Vmas[] {
  const key = JSON.stringify(bounds);
  if (latest?.key !== key) latest = { key, spaces: enumerated(bounds) };
  return latest.spaces;
}

/** Parts of one search ask for the same address spaces again and again. */
let latest: { readonly key: string; readonly spaces: readonly Vmas[] } | undefined;

function enumerated(bounds: EnumerateBounds): Vmas[] {
  const all = [...spacesFrom(bounds, 0, [])].map((vmas, rank) => ({
    vmas,
    rank,
    mapped: mappedPages(vmas),
  }));
  all.sort((a, b) => a.vmas.length - b.vmas.length || a.mapped - b.mapped || a.rank - b.rank);
  return all.map(({ vmas }) => vmas);
}

/** A frame token, page + 1, for each page that is mapped. */
export function frameTokens(vmas: Vmas, pages: number): Pages {
  const tokens = new Array<number>(pages).fill(0);
  for (const vma of vmas) {
    for (let page = startOf(vma); page < endOf(vma) && page < pages; page++) {
      tokens[page] = page + 1;
    }
  }
  return tokens;
}

/** The same address space with identities numbered by first appearance: equal situations are equal states. */
export function canonical(vmas: Vmas): Vmas {
  if (vmas.every((vma) => idOf(vma) === 0)) return vmas;
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
