import { type Vmas, vmaAt } from '../model/address-space.js';
import { endOf, isSealed, kindOf, offsetOf, protOf, startOf, type Vma } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';

/** Mapped to the same thing at the same place. A sealed VMA may be split and locked. */
const isSame = (was: Vma, is: Vma | undefined): boolean =>
  is !== undefined &&
  isSealed(is) &&
  kindOf(is) === kindOf(was) &&
  protOf(is) === protOf(was) &&
  offsetOf(is) - startOf(is) === offsetOf(was) - startOf(was);

/** The first page of a sealed VMA that is not as it was. */
function touchedPage({ before, pages, outcome }: Transition): number | undefined {
  for (const vma of before) {
    if (!isSealed(vma)) continue;
    for (let page = startOf(vma); page < endOf(vma); page++) {
      const moved = outcome.pages[page] !== pages[page];
      if (moved || !isSame(vma, vmaAt(outcome.vmas, page))) return page;
    }
  }
  return undefined;
}

/** Pages that a sealed VMA has more than before: resized. */
const sealedPages = (vmas: Vmas): number =>
  vmas.reduce((sum, vma) => sum + (isSealed(vma) ? endOf(vma) - startOf(vma) : 0), 0);

const isResized = ({ before, outcome, call }: Transition): boolean =>
  call.call !== 'mseal' && sealedPages(outcome.vmas) !== sealedPages(before);

export const sealedUntouched: Invariant = {
  id: 'sealed-untouched',
  statement:
    'A sealed VMA is not unmapped, moved, resized, overwritten or re-protected by any call.',
  definition:
    '∀ sealed v ∈ V, p ∈ v: f′(p) = f(p) ∧ m′(p) = m(p) ∧ p is sealed; and call ≠ mseal ⇒ pages(V′, VM_SEALED) = pages(V, VM_SEALED)',
  source: '8be7258aad44: what mseal() is for. It may still be split, by mlock() for one.',
  applies: ({ before }) => before.some(isSealed),
  holds: (t) => touchedPage(t) === undefined && !isResized(t),
  explain: (t) => {
    const page = touchedPage(t);
    return page === undefined
      ? 'a sealed VMA has another size'
      : `page ${page} of a sealed VMA is not as it was`;
  },
};
