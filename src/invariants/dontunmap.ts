import { isFree, type Vmas, vmaAt } from '../model/address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from '../model/calls.js';
import { displacementOf, isAnonymous, isFaulted, startOf, type Vma } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { failed } from './untouched.js';

const change = ({ before, outcome }: Transition): number => outcome.mapCount - before.length;

/** The first page of the source that is not mapped any more. */
function unmappedPage({ before, call, outcome }: Transition): number | undefined {
  const { addr, oldLen } = call as MremapCall;
  for (let page = addr; page < addr + oldLen; page++) {
    const isGone = isFree(outcome.vmas, page, page + 1);
    if (isGone && vmaAt(before, page) !== undefined) return page;
  }
  return undefined;
}

export const dontunmapKeepsSource: Invariant = {
  id: 'dontunmap-keeps-source',
  statement:
    'DONTUNMAP to no fixed address leaves the source mapped and changes map_count by one at most.',
  definition:
    'call = mremap ∧ DONTUNMAP ∧ ¬FIXED ∧ r ≥ 0 ⇒ (∀ p ∈ S: m(p) ≠ ∅ ⇒ m′(p) ≠ ∅) ∧ |n′ − n| ≤ 1',
  source: 'mremap(2); the copy adds one, or merges with one or both of its neighbours.',
  applies: ({ call, outcome }) =>
    call.call === 'mremap' && (call.flags & (DONTUNMAP | FIXED)) === DONTUNMAP && !failed(outcome),
  holds: (t) => unmappedPage(t) === undefined && Math.abs(change(t)) <= 1,
  explain: (t) =>
    unmappedPage(t) === undefined
      ? `map_count changed by ${change(t)}`
      : `page ${unmappedPage(t)} of the source is not mapped any more`,
};

/** A private anonymous VMA that has no anon_vma, and the page offset of another place. */
const displaced = (vmas: Vmas): Vma | undefined =>
  vmas.find((vma) => isAnonymous(vma) && !isFaulted(vma) && displacementOf(vma) !== 0);

export const unfaultedOffsetIsStart: Invariant = {
  id: 'unfaulted-offset-is-start',
  statement:
    'Private anonymous memory that was never written has the page offset of its address, so that it merges.',
  definition:
    'ok(V) ⇒ ok(V′), where ok(X): ∀ private anonymous v ∈ X without anon_vma: pgoff(v) = start(v)',
  source: 'What mmap() gives it; DONTUNMAP left another behind from 5.12 to 7.1.',
  applies: ({ before }) => displaced(before) === undefined,
  holds: ({ outcome }) => displaced(outcome.vmas) === undefined,
  explain: ({ outcome }) => {
    const vma = displaced(outcome.vmas);
    return vma === undefined
      ? ''
      : `the VMA at page ${startOf(vma)} has no anon_vma, and its page offset is ${displacementOf(vma)} off`;
  },
};
