import { isFree, replaceAt } from '../address-space.js';
import { MAYMOVE } from '../calls.js';
import { Errno } from '../errno.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import {
  fail,
  hasFlag,
  type State,
  succeed,
  withAccounts,
  withCourse,
  withVmas,
} from '../state.js';
import {
  GROWING,
  IMPLIED,
  IN_PLACE,
  MAYMOVE_MISSING,
  mayRefuse,
  NOT_GROWING,
  only,
  returning,
  SHRINKING,
  type Step,
} from '../step.js';
import { endOf, isAccounted, isLocked, reshaped, startOf } from '../vma.js';
import { chargeMayFail, mayCommit } from './limits.js';
import { sourceVma } from './lookup.js';
import { populate } from './modify.js';
import type { Unmapping } from './unmap.js';

const endInPlace: Step = returning(
  'done-in-place',
  'mremap_at',
  'returns the old address',
  (r) => r.addr,
);

const cutOldLength: Step = {
  name: 'cut-old-length',
  kernel: 'mremap_to',
  does: 'goes on with the new length as old length',
  cuts: (ranges) => ({ ...ranges, oldLen: ranges.newLen }),
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

/** Up to 6.0 the VMA grows and nothing merges. */
const growAlone = (s: State): State => {
  const vma = sourceVma(s);
  return withVmas(s, replaceAt(s.vmas, s.addr, reshaped(vma, startOf(vma), s.addr + s.newLen)));
};

/** From 6.1 on the extension may also merge with the VMA behind it (ca3d76b0aa80). */
const growMerging =
  (rule: AnonMergeRule) =>
  (s: State): State => {
    const vma = sourceVma(s);
    return withVmas(s, insertMerging(s.vmas, reshaped(vma, endOf(vma), s.addr + s.newLen), rule));
  };

/** Whether the extension is to be charged. */
const isCharged = (s: State): boolean => isAccounted(sourceVma(s));

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

interface GrowRules {
  readonly grow: (s: State) => State;
  /** The extension is charged here and not before (v5.16). */
  readonly charges: boolean;
  /** The end of a call that finds no memory for the tree of VMAs (6.1); before, there is nothing to find. */
  readonly withoutMemory?: (s: State) => State;
}

/** What the kernel asks on the way to the next two steps; from here on the source ends with its VMA. */
const insideNeedsMaymove: Step = {
  name: 'growing-inside-needs-maymove',
  kernel: 'expand_vma',
  does: 'refuses to grow without MAYMOVE where the VMA goes on behind the source',
  errnos: ['ENOMEM'],
  sees: 'old range',
  run: (s) => (s.addr + s.oldLen < endOf(sourceVma(s)) ? fail(s, Errno.ENOMEM) : s),
};

const needsMaymove: Step = {
  name: 'growing-needs-maymove',
  kernel: 'expand_vma',
  does: 'refuses to grow by a move without MAYMOVE',
  errnos: ['ENOMEM'],
  run: (s) => (!hasFlag(s, MAYMOVE) ? fail(s, Errno.ENOMEM) : s),
};

const changesNothing = (s: State): State => fail(s, Errno.ENOMEM);

/** What the VMA would have been charged is given back, also where it is not accounted. */
const refundsAny = (s: State): State => {
  const refunded = isCharged(s) ? 0 : s.oldLen - s.newLen;
  return fail(withAccounts(s, { committed: refunded }), Errno.ENOMEM);
};

function growInPlace({ grow, charges, withoutMemory }: GrowRules): Step[] {
  return only(
    IN_PLACE,
    ...only(
      GROWING,
      ...only(MAYMOVE_MISSING, insideNeedsMaymove),
      {
        name: 'expand-in-place',
        kernel: 'expand_vma_in_place',
        does: 'extends the VMA if the source ends with it and the pages behind it are free; populates it if locked; returns the old address',
        ...(charges ? { errnos: ['ENOMEM'] as const, refusesOnlyFor: 'commitLimit' as const } : {}),
        mayFail: [
          ...(charges ? [chargeMayFail((s) => fits(s) && isCharged(s))] : []),
          ...(withoutMemory
            ? [{ ...mayRefuse('vma_merge', 'ENOMEM', fits), fails: withoutMemory }]
            : []),
        ],
        run: (s) => {
          if (!fits(s)) return s;
          if (charges && isCharged(s) && !mayCommit(s, s.newLen - s.oldLen)) {
            return fail(s, Errno.ENOMEM);
          }
          return succeed(populate(charge(grow(s)), s.addr + s.oldLen, s.addr + s.newLen), s.addr);
        },
      },
      needsMaymove,
    ),
  );
}

/** Up to v5.15. */
export const expandAlone: readonly Step[] = growInPlace({ grow: growAlone, charges: false });
/** v5.16 to v6.0. */
export const expandChargedAlone: readonly Step[] = growInPlace({ grow: growAlone, charges: true });
/** v6.1 to v6.6. */
export const expandMergingOf6_1 = (rule: AnonMergeRule): readonly Step[] =>
  growInPlace({ grow: growMerging(rule), charges: true, withoutMemory: refundsAny });
/** From v6.7 on. */
export const expandMerging = (rule: AnonMergeRule): readonly Step[] =>
  growInPlace({ grow: growMerging(rule), charges: true, withoutMemory: changesNothing });
