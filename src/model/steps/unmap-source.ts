import { vmaAt } from '../address-space.js';
import { DONTUNMAP } from '../calls.js';
import type { Errno } from '../errno.js';
import {
  fail,
  hasFlag,
  RUNNING,
  type State,
  withAccounts,
  withCourse,
  withVmas,
} from '../state.js';
import { only, type Step, UNMAPS_SOURCE } from '../step.js';
import { endOf, isAccounted, pagesOf, startOf, type Vma, withAccount } from '../vma.js';
import { removeStep, SOURCE, type Splits } from './unmap-range.js';

/**
 * What becomes of the commit charge when the source cannot be unmapped. VM_ACCOUNT is hidden from the
 * VMA meanwhile, and not put back then.
 *
 * - `rest`: what the VMA has beyond the source is given back (up to 5.10);
 * - `new-length`, `old-length`: so many pages are charged (5.11, 5.16);
 * - `any`: the old length is charged, also of a VMA that is not accounted (6.15);
 * - `if-unmapped`: as `old-length`, but when the source has been unmapped (6.5, 408579cd627a). When it
 *   cannot be, nothing is charged, and the kernel puts VM_ACCOUNT back on VMAs beside it: not modelled.
 */
export type KeptCharge = 'rest' | 'new-length' | 'old-length' | 'any' | 'if-unmapped';

/** From 5.11 on VM_ACCOUNT is not hidden with DONTUNMAP, where it is the copy that goes after a failure. */
const hidesAccount = (s: State, rule: KeptCharge): boolean =>
  rule === 'rest' || !hasFlag(s, DONTUNMAP);

function keptCharge(s: State, vma: Vma, rule: KeptCharge): number {
  if (rule === 'any') return s.oldLen;
  if (!isAccounted(vma) || !hidesAccount(s, rule)) return 0;
  if (rule === 'rest') return s.oldLen - pagesOf(vma);
  return rule === 'new-length' ? s.newLen : s.oldLen;
}

/**
 * The charge is made, and VM_ACCOUNT, if it is hidden, not put back.
 *
 * @param vma what the source was part of before anything of it was split
 */
function withKeptCharge(s: State, vma: Vma, committed: number, rule: KeptCharge): State {
  const charged = withAccounts(s, { committed });
  if (!isAccounted(vma) || !hidesAccount(s, rule)) return charged;
  const isPart = (part: Vma): boolean => startOf(part) >= startOf(vma) && endOf(part) <= endOf(vma);
  return withVmas(
    charged,
    s.vmas.map((part) => (isPart(part) ? withAccount(part, false) : part)),
  );
}

/** @param vma what the source was part of before anything of it was split */
function keepSource(s: State, vma: Vma | undefined, rule: KeptCharge): State {
  const kept = withCourse(s, { sourceKept: true });
  if (vma === undefined) return kept;
  const committed = rule === 'if-unmapped' ? 0 : keptCharge(s, vma, rule);
  return withKeptCharge(kept, vma, committed, rule);
}

/** A source that is gone is taken for one that could not be unmapped. What is left behind tells what it was. */
const takenForKept = ({ clears: _, ...step }: Step): Step => ({
  ...step,
  tellsProtections: true,
  does: `${step.does}; charges an accounted source once more, and takes VM_ACCOUNT from what is left of its VMA`,
  run: (s) => {
    const { unmapped } = s;
    const gone = step.run(s);
    if (unmapped === undefined) return gone;
    return withKeptCharge(gone, unmapped, keptCharge(s, unmapped, 'if-unmapped'), 'if-unmapped');
  },
});

const uncharged = (rule: KeptCharge): string => (rule === 'if-unmapped' ? ', and uncharged' : '');

/** munmap() of length zero fails. */
const sourceLength = (rule: KeptCharge): Step => ({
  name: 'unmap-source-length-check',
  kernel: 'do_vmi_munmap',
  does: `leaves a source of length zero mapped, without an error${uncharged(rule)}`,
  run: (s) => {
    const vma = vmaAt(s.vmas, s.addr);
    if (s.oldLen === 0) return keepSource(s, vma, rule);
    return vma === undefined ? s : withCourse(s, { unmapped: vma });
  },
});

/** The step, whose refusal or failure leaves the source as it is then and goes on. */
function quiet({ errnos, within: _, mayFail = [], ...step }: Step, rule: KeptCharge): Step {
  const goesOn = (s: State, after: State): State =>
    after.result === RUNNING ? after : keepSource(s, s.unmapped, rule);
  const ends = `; the source then stays mapped, without an error${uncharged(rule)}`;
  return {
    ...step,
    does: step.does + (errnos === undefined ? '' : ends),
    mayFail: mayFail.map((point) => ({
      ...point,
      times: (s) => (s.sourceKept ? 0 : point.times(s)),
      fails: (s, time) => goesOn(s, point.fails(s, time)),
    })),
    run: (s) => (s.sourceKept ? s : goesOn(s, step.run(s))),
  };
}

/** A move that failed half way ends when its destination is gone. */
const endUndone: Step = {
  name: 'end-of-undoing',
  kernel: 'move_vma',
  does: 'returns the errno of a move that failed half way',
  idleWithout: 'failures',
  run: (s) => (s.undoing === 0 ? s : fail(s, s.undoing as Errno)),
};

/**
 * The end of a move without DONTUNMAP: an munmap of the source whose failure the caller never hears of,
 * so that both ranges stay mapped. The commit charge goes with the copy. No step asks whether the
 * source is sealed: it would not have been moved. After a failure half way it is the destination that
 * goes.
 */
export function sourceSteps(rule: KeptCharge, splits: Splits, gathers: boolean): readonly Step[] {
  const refund = (s: State): boolean => !hidesAccount(s, rule);
  const removal = removeStep('unmap-source', SOURCE, { refund, gathers });
  const steps = [
    ...splits('unmap-source', SOURCE),
    rule === 'if-unmapped' ? takenForKept(removal) : removal,
  ];
  return only(UNMAPS_SOURCE, sourceLength(rule), ...steps.map((s) => quiet(s, rule)), endUndone);
}
