import { vmaAt } from '../model/address-space.js';
import { isFaulted } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';

interface Loss {
  /** Where the page was, and where it is. */
  readonly from: number;
  readonly at: number;
}

/** The first page that lay in private memory with an anon_vma, and now lies in a VMA without one. */
function lossOf({ before, outcome }: Transition): Loss | undefined {
  for (const [at, token] of outcome.pages.entries()) {
    if (token === 0) continue;
    const from = token - 1;
    const was = vmaAt(before, from);
    if (was === undefined || !isFaulted(was)) continue;
    const is = vmaAt(outcome.vmas, at);
    if (is !== undefined && !isFaulted(is)) return { from, at };
  }
  return undefined;
}

export const anonVmaKept: Invariant = {
  id: 'anon-vma-kept',
  statement:
    'Private memory with an anon_vma has one behind every call, wherever its pages are by then.',
  definition:
    '∀ p, q: f′(q) = f(p) ≠ ∅ ∧ the VMA of V at p is private with an anon_vma ⇒ that of V′ at q is, too',
  source:
    'The kernel finds the users of an anonymous page by it: without, fork() copies nothing, and what the page names may be freed (CVE-2026-23077).',
  applies: ({ before, outcome }) => outcome.vmas !== before && before.some(isFaulted),
  holds: (t) => lossOf(t) === undefined,
  explain: (t) => {
    const loss = lossOf(t);
    if (loss === undefined) return '';
    const { from, at } = loss;
    const where = at === from ? `page ${at}` : `page ${from}, now at page ${at},`;
    return `${where} had an anon_vma, and is in a VMA without one`;
  },
};
