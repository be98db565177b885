import * as t from 'io-ts';
import { oneOf, wholeNumber } from '../input/codecs.js';
import {
  AWAY,
  displacementOf,
  idOf,
  isAccounted,
  isArmed,
  isAway,
  isLocked,
  isSealed,
  Kind,
  type KindName,
  kindName,
  MAX_ID,
  MAX_PAGES,
  makeVma,
  Prot,
  type ProtName,
  pagesOf,
  protName,
  startOf,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
  type Vma,
} from '../model/vma.js';

/** How far a page offset may be from the start of its VMA. */
const FARTHEST = 63;

/** A VMA with all its attributes, in pages; `identity` is its anon_vma or shared object, 0 for none. */
export const writtenVma = t.intersection([
  t.type({
    start: wholeNumber(0, MAX_PAGES - 1, 'a page'),
    pages: wholeNumber(1, MAX_PAGES, 'a length in pages'),
    kind: oneOf(Object.keys(Kind) as KindName[], 'a kind'),
    prot: oneOf(Object.keys(Prot) as ProtName[], 'a protection'),
    offset: wholeNumber(-FARTHEST, MAX_PAGES + FARTHEST, 'a page offset'),
    identity: wholeNumber(0, MAX_ID, 'an identity'),
    accounted: t.boolean,
    locked: t.boolean,
    sealed: t.boolean,
    armed: t.boolean,
  }),
  /** Said where it is so: a private file mapping was moved since it was written (7.3). */
  t.partial({ away: t.literal(true) }),
]);
export type WrittenVma = t.TypeOf<typeof writtenVma>;

/** The VMA word of a VMA as it is written; throws ModelLimitError where none holds it. */
export const vmaOf = (v: WrittenVma): Vma =>
  makeVma({
    start: v.start,
    pages: v.pages,
    kind: Kind[v.kind],
    prot: Prot[v.prot],
    displacement: v.offset - v.start,
    id: v.identity,
    flags:
      (v.accounted ? VM_ACCOUNT : 0) |
      (v.locked ? VM_LOCKED : 0) |
      (v.sealed ? VM_SEALED : 0) |
      (v.armed ? VM_UFFD : 0) |
      (v.away ? AWAY : 0),
  });

export const written = (vma: Vma): WrittenVma => ({
  start: startOf(vma),
  pages: pagesOf(vma),
  kind: kindName(vma),
  prot: protName(vma),
  offset: startOf(vma) + displacementOf(vma),
  identity: idOf(vma),
  accounted: isAccounted(vma),
  locked: isLocked(vma),
  sealed: isSealed(vma),
  armed: isArmed(vma),
  ...(isAway(vma) ? { away: true } : {}),
});
