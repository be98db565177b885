import type { Invariant, Transition } from './invariant.js';
import { type Page, type PageMap, promised, samePage } from './page-contract.js';
import { pageMapBefore, pageMapOf } from './page-map.js';

/** The first page at which two maps differ. */
function firstDifference(a: PageMap, b: PageMap): number | undefined {
  const pages = Math.max(a.length, b.length);
  for (let page = 0; page < pages; page++) if (!samePage(a[page], b[page])) return page;
  return undefined;
}

function described(page: Page | undefined): string {
  if (page === undefined) return 'nothing';
  const { kind, prot, object, offset, frame, locked, sealed } = page;
  return [
    `${kind} ${prot}`,
    ...(object === 0 ? [] : [`object ${object}`]),
    ...(kind === 'anon' ? [] : [`offset ${offset}`]),
    frame === 0 ? 'no frame' : `frame of page ${frame - 1}`,
    ...(locked ? ['locked'] : []),
    ...(sealed ? ['sealed'] : []),
  ].join(' ');
}

/** The promised map and the actual one; or why nothing can be promised. */
function effect({ before, pages, call, outcome }: Transition): [PageMap, PageMap] | string {
  const was = pageMapBefore(before, pages);
  const promise = promised(was, call, outcome.result);
  if (typeof promise === 'string') return promise;
  const unchanged = outcome.vmas === before && outcome.pages === pages;
  return [promise, unchanged ? was : pageMapOf(outcome.vmas, outcome.pages)];
}

function holds(t: Transition): boolean {
  const maps = effect(t);
  return typeof maps !== 'string' && firstDifference(...maps) === undefined;
}

function explain(t: Transition): string {
  const maps = effect(t);
  if (typeof maps === 'string') return maps;
  const page = firstDifference(...maps);
  if (page === undefined) return '';
  const [promise, actual] = maps;
  return `page ${page} maps ${described(actual[page])}, promised was ${described(promise[page])}`;
}

export const successEffect: Invariant = {
  id: 'success-effect',
  statement:
    'A call that succeeds leaves the address space that its manual page promises, page by page.',
  definition: 'r ≥ 0 ⇒ m′ = contract(m, call, r) ∧ f′ as it says',
  source:
    'mremap(2), mmap(2), mprotect(2), mlock(2), mseal(2), as a contract of its own in page-contract.ts.',
  applies: ({ outcome }) => outcome.result >= 0,
  holds,
  explain,
};
