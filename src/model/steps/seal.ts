import { vmaAt } from '../address-space.js';
import { Errno } from '../errno.js';
import type { AnonMergeRule } from '../merge.js';
import { fail } from '../state.js';
import { DONTUNMAP_GIVEN, GROWING, only, RESIZES_OR_MOVES, returning, type Step } from '../step.js';
import { isSealed, VM_SEALED, withFlags } from '../vma.js';
import { growthLimits } from './limits.js';
import {
  dontunmapNotSpecial,
  growthAllowed,
  lookupVma,
  sourceVma,
  wholeHugePages,
  withinVma,
  zeroLengthNeedsShared,
} from './lookup.js';
import { changeRange, hasGap } from './modify.js';
import { rangeUnsealed, SOURCE } from './unmap-range.js';

/** Before 6.10. */
export const noMseal: readonly Step[] = [
  {
    name: 'mseal-unknown',
    kernel: 'sys_ni_syscall',
    does: 'refuses: there is no such call',
    errnos: ['ENOSYS'],
    run: (s) => fail(s, Errno.ENOSYS),
  },
];

/**
 * mseal(): a gap refuses before anything is sealed.
 *
 * @param losesPlace see `Change`
 */
export const mseal = (rule: AnonMergeRule, losesPlace = false): readonly Step[] => [
  {
    name: 'mseal-gap',
    kernel: 'do_mseal',
    does: 'refuses a range that is not mapped throughout',
    errnos: ['ENOMEM'],
    run: (s) => (hasGap(s) ? fail(s, Errno.ENOMEM) : s),
  },
  {
    name: 'mseal',
    kernel: 'mseal_apply',
    does:
      'seals each VMA of the range in turn, merged with a neighbour if possible, else split' +
      (losesPlace
        ? '; behind one that has merged with the next, the next one merges with nothing'
        : ''),
    errnos: ['ENOMEM', 'EINVAL'],
    ...changeRange(() => ({ to: (vma) => withFlags(vma, VM_SEALED, true), rule, losesPlace })),
  },
  returning('mseal-done', 'do_mseal', 'returns 0', () => 0),
];

/** EPERM for a sealed VMA at the old address, right behind its lookup (6.12). */
export const sealCheck: Step = {
  name: 'seal-check',
  kernel: 'check_prep_vma',
  does: 'refuses a source VMA that is sealed',
  errnos: ['EPERM'],
  sees: 'old address',
  idleWithout: 'sealed mappings',
  run: (s) => (isSealed(sourceVma(s)) ? fail(s, Errno.EPERM) : s),
};

/** The checks of the VMA as v6.17 makes them: all before anything is unmapped. */
export const checkVma: readonly Step[] = [
  lookupVma,
  sealCheck,
  wholeHugePages,
  ...only(
    RESIZES_OR_MOVES,
    zeroLengthNeedsShared,
    ...only(DONTUNMAP_GIVEN, dontunmapNotSpecial),
    withinVma,
    ...only(GROWING, growthAllowed, ...growthLimits),
  ),
];

/** 6.10 and 6.11 look through the whole source, before it is moved or resized. */
export const sourceRangeUnsealed: Step = rangeUnsealed('seal-range', SOURCE);

/** The same before a range is re-protected; if nothing is mapped at its start, that is found first. */
export const protectedRangeUnsealed: Step = {
  ...sourceRangeUnsealed,
  does: `${sourceRangeUnsealed.does}, unless nothing is mapped at its start`,
  within: { action: 'seal-range, if mapped', range: SOURCE },
  run: (s) => (vmaAt(s.vmas, s.addr) === undefined ? s : sourceRangeUnsealed.run(s)),
};
