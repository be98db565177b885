import { isFree } from '../model/address-space.js';
import { FIXED, type MremapCall } from '../model/calls.js';
import { endOf, startOf } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { failed, isUntouched } from './untouched.js';

/** FIXED with equal lengths, which may move several VMAs from 6.17 on. */
const isMove = ({ call }: Transition): boolean =>
  call.call === 'mremap' && (call.flags & FIXED) !== 0 && call.oldLen === call.newLen;

/** The VMAs of the source as they were, each cut to it: the pieces of the move. */
function pieces({ before, call }: Transition): { readonly start: number; readonly end: number }[] {
  const { addr, oldLen } = call as MremapCall;
  return before.flatMap((vma) => {
    const start = Math.max(startOf(vma), addr);
    const end = Math.min(endOf(vma), addr + oldLen);
    return start < end ? [{ start, end }] : [];
  });
}

/** The first piece of which some pages have moved and others have not. */
function tornPiece(t: Transition): { readonly start: number; readonly end: number } | undefined {
  const { pages, outcome, call } = t;
  const shift = (call as MremapCall).newAddr - (call as MremapCall).addr;
  return pieces(t).find(({ start, end }) => {
    let stayed = 0;
    let arrived = 0;
    for (let page = start; page < end; page++) {
      if (outcome.pages[page] === pages[page]) stayed++;
      if (outcome.pages[page + shift] === pages[page]) arrived++;
    }
    return stayed !== end - start && arrived !== end - start;
  });
}

export const multiMoveAtVmaBorders: Invariant = {
  id: 'multi-move-at-vma-borders',
  statement:
    'A move of several VMAs that fails, with something changed, has moved each of them as a whole or not at all.',
  definition:
    'call = mremap(FIXED) ∧ |S| = |D| ∧ r < 0 ∧ something changed ∧ S meets several VMAs ⇒ ∀ VMA W of S: (∀ Sᵢ ∈ W: f′(Sᵢ) = f(Sᵢ)) ∨ (∀ Sᵢ ∈ W: f′(Dᵢ) = f(Sᵢ))',
  source: 'd23cb648e365: each VMA of the range is moved by a move_vma() of its own.',
  applies: (t) => isMove(t) && failed(t.outcome) && !isUntouched(t) && pieces(t).length > 1,
  holds: (t) => tornPiece(t) === undefined,
  explain: (t) => {
    const torn = tornPiece(t);
    return `pages ${torn?.start} to ${(torn?.end ?? 0) - 1} were one VMA, and some of them have moved`;
  },
};

/** The first page of the destination opposite a gap of the source that has another frame, or none. */
function touchedOpposite(t: Transition): number | undefined {
  const { before, call, pages, outcome } = t;
  const { addr, oldLen, newAddr } = call as MremapCall;
  for (let i = 0; i < oldLen; i++) {
    const target = newAddr + i;
    const inGap = isFree(before, addr + i, addr + i + 1);
    if (inGap && outcome.pages[target] !== pages[target]) return target;
  }
  return undefined;
}

/** A gap with VMAs of the source on both sides, and something mapped opposite. */
function hasGapOpposite({ before, call }: Transition): boolean {
  const { addr, oldLen, newAddr } = call as MremapCall;
  const shift = newAddr - addr;
  let gap: number | undefined;
  // Asked of nearly every move: the pieces are not listed for it.
  for (const vma of before) {
    if (endOf(vma) <= addr) continue;
    const start = Math.max(startOf(vma), addr);
    if (start >= addr + oldLen) return false;
    if (gap !== undefined && gap < start && !isFree(before, gap + shift, start + shift))
      return true;
    gap = endOf(vma);
  }
  return false;
}

export const gapOppositeUntouched: Invariant = {
  id: 'gap-opposite-untouched',
  statement:
    'What is mapped at the destination opposite a gap of the source survives the move, whether it succeeds or not.',
  definition:
    'call = mremap(FIXED) ∧ |S| = |D| ∧ (r ≥ 0 ∨ something changed) ⇒ ∀ Sᵢ in no VMA, between two of S: f′(Dᵢ) = f(Dᵢ)',
  source:
    'd23cb648e365: gaps are skipped on both sides (6.17); before, the call failed with it gone.',
  applies: (t) => isMove(t) && !(failed(t.outcome) && isUntouched(t)) && hasGapOpposite(t),
  holds: (t) => touchedOpposite(t) === undefined,
  explain: (t) => `page ${touchedOpposite(t)}, opposite a gap of the source, is not as it was`,
};
