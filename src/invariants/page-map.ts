import type { Vmas } from '../model/address-space.js';
import type { Pages } from '../model/state.js';
import {
  endOf,
  idOf,
  isLocked,
  isObject,
  isSealed,
  Kind,
  kindName,
  kindOf,
  offsetOf,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';
import { type Page, type PageMap, traitsOf } from './page-contract.js';

/** What user space can tell of one page of a VMA. */
function pageOf(vma: Vma, page: number, frame: number): Page {
  const kind = kindName(vma);
  const { lockable, hugePages } = traitsOf(kind);
  return {
    kind,
    prot: protName(vma),
    // The identity of a private VMA is its anon_vma, which user space does not see.
    object: isObject(kindOf(vma)) ? idOf(vma) : 0,
    offset: kindOf(vma) === Kind.anon ? 0 : offsetOf(vma) + page - startOf(vma),
    frame,
    locked: isLocked(vma),
    sealed: isSealed(vma),
    lockable,
    hugePages,
  };
}

/** The address space page by page, as user space sees it; as long as `pages`. */
export function pageMapOf(vmas: Vmas, pages: Pages): PageMap {
  const map = new Array<Page | undefined>(pages.length).fill(undefined);
  for (const vma of vmas) {
    const end = endOf(vma);
    for (let page = startOf(vma); page < end; page++)
      map[page] = pageOf(vma, page, pages[page] ?? 0);
  }
  return map;
}

let latest: { readonly vmas: Vmas; readonly pages: Pages; readonly map: PageMap } | undefined;

/** The same for the state before a call: a search asks for one state with many calls in a row. */
export function pageMapBefore(vmas: Vmas, pages: Pages): PageMap {
  if (latest?.vmas !== vmas || latest.pages !== pages) {
    latest = { vmas, pages, map: pageMapOf(vmas, pages) };
  }
  return latest.map;
}
