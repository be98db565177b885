import { isFree, replaceAt } from '../address-space.js';
import { MAYMOVE, type MremapCall } from '../calls.js';
import { Errno } from '../errno.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import { fail, type State, succeed, withAccounts, withCourse, withVmas } from '../state.js';
import { GROWING, IMPLIED, IN_PLACE, NOT_GROWING, only, SHRINKING, type Step } from '../step.js';
import { endOf, isAccounted, isLocked, reshaped, startOf } from '../vma.js';
import { sourceVma } from './lookup.js';
import { populate } from './modify.js';
import type { Unmapping } from './unmap.js';

const endInPlace: Step = {
  name: 'done-in-place',
  kernel: 'sys_mremap',
  does: 'returns the old address',
  run: (s) => succeed(s, s.addr),
};

const cutOldLength: Step = {
  name: 'cut-old-length',
  kernel: 'mremap_to',
  does: 'goes on with the new length as old length',
  run: (s) => withCourse(s, { oldLen: s.newLen }),
};

/** A call without a new address that does not grow: what is beyond the new length goes. */
export const shrinkInPlace = ({ tail }: Unmapping): readonly Step[] =>
  only(IN_PLACE, ...only(SHRINKING, ...tail), ...only(NOT_GROWING, endInPlace));

/** A shrinking move: the tail of the source goes first. */
export const shrinkBeforeMove = ({ tail }: Unmapping): readonly Step[] =>
  only(IMPLIED, ...only(SHRINKING, ...tail, cutOldLength));

const fits = (s: State): boolean => {
  const end = endOf(sourceVma(s));
  const newEnd = s.addr + s.newLen;
  return s.addr + s.oldLen === end && newEnd <= s.env.taskEnd && isFree(s.vmas, end, newEnd);
};

/** Up to 5.18 the VMA grows and nothing merges. */
const growAlone = (s: State): State => {
  const vma = sourceVma(s);
  return withVmas(s, replaceAt(s.vmas, s.addr, reshaped(vma, startOf(vma), s.addr + s.newLen)));
};

/** From 6.0 on the extension may also merge with the VMA behind it (ca3d76b0aa80). */
const growMerging =
  (rule: AnonMergeRule) =>
  (s: State): State => {
    const vma = sourceVma(s);
    return withVmas(s, insertMerging(s.vmas, reshaped(vma, endOf(vma), s.addr + s.newLen), rule));
  };

/** The extension is locked and charged like the VMA. */
function charge(s: State): State {
  const vma = sourceVma(s);
  const delta = s.newLen - s.oldLen;
  return withAccounts(s, {
    total: delta,
    locked: isLocked(vma) ? delta : 0,
    committed: isAccounted(vma) ? delta : 0,
  });
}

function growInPlace(grow: (s: State) => State): Step[] {
  return only(
    IN_PLACE,
    ...only(
      GROWING,
      {
        name: 'expand-in-place',
        kernel: 'vma_expandable',
        does: 'extends the VMA if the source ends with it and the pages behind it are free; populates it if locked; returns the old address',
        run: (s) =>
          fits(s)
            ? succeed(populate(charge(grow(s)), s.addr + s.oldLen, s.addr + s.newLen), s.addr)
            : s,
      },
      {
        name: 'growing-needs-maymove',
        kernel: 'sys_mremap',
        does: 'refuses to grow by a move without MAYMOVE',
        errnos: ['ENOMEM'],
        run: (s) => (((s.call as MremapCall).flags & MAYMOVE) === 0 ? fail(s, Errno.ENOMEM) : s),
      },
    ),
  );
}

export const expandAlone: readonly Step[] = growInPlace(growAlone);
export const expandMerging = (rule: AnonMergeRule): readonly Step[] =>
  growInPlace(growMerging(rule));
