import type { EnumerateBounds, ReachBounds, VmaClass } from '../../src/checker/bounds.js';
import { removeWithin, splitAt, type Vmas, vmaAt } from '../../src/model/address-space.js';
import type { FlagName } from '../../src/model/calls.js';
import { dropped, edited, moved, replaced } from '../../src/model/edits.js';
import { Errno } from '../../src/model/errno.js';
import type { CallName, Release } from '../../src/model/release.js';
import {
  fail,
  RUNNING,
  type State,
  withAccounts,
  withCourse,
  withMovedPages,
  withVmas,
} from '../../src/model/state.js';
import type { Step } from '../../src/model/step.js';
import { earlyCountCheck } from '../../src/model/steps/counts.js';
import { Kind, kindOf, startOf } from '../../src/model/vma.js';
import { running } from '../support/mutations.js';
import { release } from '../support/releases.js';

/** A release with a defect that one invariant must find, and where to look for it. */
export interface Defect {
  readonly invariant: string;
  readonly what: string;
  readonly original: Release;
  readonly mutant: Release;
  /** Small, and such that the original keeps the invariant. */
  readonly search: { readonly enumerate: EnumerateBounds } | { readonly reach: ReachBounds };
}

const WRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: true };
const UNWRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: false };
const READ_ONLY: VmaClass = { kind: 'anon', prot: 'r', populated: false };
const FILE: VmaClass = { kind: 'fshared', prot: 'r', populated: false };
const LOCKED: VmaClass = { ...WRITTEN, locked: true };
const SEALED: VmaClass = { ...UNWRITTEN, sealed: true };
const RAMFS: VmaClass = { kind: 'ramfs', prot: 'r', populated: false };

const IN_PLACE: readonly FlagName[] = [];
const MOVE: readonly FlagName[] = ['MAYMOVE', 'FIXED'];
const KEEP: readonly FlagName[] = ['MAYMOVE', 'FIXED', 'DONTUNMAP'];

const within = (
  flags: readonly FlagName[],
  given: Partial<EnumerateBounds> = {},
): Defect['search'] => ({
  enumerate: {
    pages: 4,
    classes: [WRITTEN],
    vmas: 3,
    identities: 1,
    displacements: [0],
    limits: [1, 9],
    mremap: { flags: [flags], lengths: 'any', destinations: 'fits' },
    ...given,
  },
});

const stepOf = (of: Release, name: string): Step => {
  const found = of.calls.mremap.find((step) => step.name === name);
  if (found === undefined) throw new RangeError(`${of.id} has no step ${name}`);
  return found;
};

/** The same steps with another behind the one of this name. */
const withAfter = (of: Release, name: string, added: Step): Release =>
  edited('mremap', name, (step) => [step, added])(of);

/** The same steps with one moved behind another. */
const withMoved = (of: Release, name: string, behind: string): Release =>
  moved('mremap', name, { behind })(of);

/** The same steps, one of which does something else. */
const withRun = (of: Release, name: string, run: (step: Step) => (s: State) => State): Release =>
  running('mremap', name, run)(of);

/** Refuses if the check would with a limit that is lower by one. */
const askingOneMore =
  (check: Step) =>
  (s: State): State => {
    const lower = { ...s, env: { ...s.env, maxMapCount: s.env.maxMapCount - 1 } };
    return check.run(lower).result === s.result ? s : fail(s, Errno.ENOMEM);
  };

const isIneligible = (s: State, page: number): boolean => {
  const vma = vmaAt(s.vmas, page);
  return vma !== undefined && kindOf(vma) === Kind.ramfs;
};

/** d23cb648e365: an ineligible VMA is refused unless it is the first, and so is what comes behind one. */
const rc1Eligibility = (s: State): State => {
  const { several } = s;
  if (several === undefined || several.pieces === 1) return s;
  const behindIneligible = isIneligible(s, several.target);
  return behindIneligible || isIneligible(s, s.addr) ? fail(s, Errno.EFAULT) : s;
};

const cleared = (vmas: Vmas, start: number, end: number): Vmas =>
  removeWithin(splitAt(splitAt(vmas, start), end), start, end);

const splitSource: Step = {
  name: 'split-source',
  kernel: 'split_vma',
  does: 'splits the source VMA at both ends of the source',
  run: (s) => withVmas(s, splitAt(splitAt(s.vmas, s.addr), s.addr + s.oldLen)),
};

const named = (steps: readonly Step[], name: string): Step => {
  const found = steps.find((step) => step.name === name);
  if (found === undefined) throw new RangeError(`no step ${name}`);
  return found;
};

/** The release with other steps of a call that is not mremap(). */
const withOther = (
  of: Release,
  call: CallName,
  change: (steps: readonly Step[]) => readonly Step[],
): Release => ({ ...of, calls: { ...of.calls, [call]: change(of.calls[call]) } });

const dropSource: Step = {
  name: 'drop-source',
  kernel: 'do_munmap',
  does: 'unmaps the source',
  run: (s) => withVmas(s, cleared(s.vmas, s.addr, s.addr + s.oldLen)),
};

const v2_6_33 = release('v2.6.33');
const v6_10 = release('v6.10');
const v6_12 = release('v6.12');
const v6_16 = release('v6.16');
const v6_17 = release('v6.17');
const v7_1 = release('v7.1');
const v7_3 = release('v7.3');

export const defects: readonly Defect[] = [
  {
    invariant: 'shrink-always-possible',
    what: 'the tail asks for one map slot more than munmap() does',
    original: v6_12,
    mutant: withRun(v6_12, 'unmap-tail-count-check', askingOneMore),
    search: within(IN_PLACE),
  },
  {
    invariant: 'sealed-untouched',
    what: 'nobody asks whether the source is sealed',
    original: v6_12,
    mutant: dropped('mremap', 'seal-check')(v6_12),
    search: within(MOVE, { classes: [SEALED], identities: 1 }),
  },
  {
    invariant: 'total-vm-exact',
    what: 'the copy is counted a page short',
    original: v6_12,
    mutant: withRun(v6_12, 'copy-vma', (step) => (s) => withAccounts(step.run(s), { total: -1 })),
    search: within(MOVE),
  },
  {
    invariant: 'locked-vm-exact',
    what: 'the copy of a locked VMA is not counted',
    original: v7_3,
    mutant: dropped('mremap', 'lock-copy')(v7_3),
    search: within(MOVE, { classes: [LOCKED] }),
  },
  {
    invariant: 'commit-exact',
    what: 'what the copy grows by is not charged',
    original: v7_3,
    mutant: dropped('mremap', 'charge-copy')(v7_3),
    search: within(MOVE),
  },
  {
    invariant: 'limit-held',
    what: 'the tail is cut out without a look at map_count',
    original: v6_12,
    mutant: dropped('mremap', 'unmap-tail-count-check')(v6_12),
    search: within(IN_PLACE),
  },
  {
    invariant: 'overshoot-at-most-one',
    what: 'mmap() does not look at map_count',
    original: v6_12,
    mutant: {
      ...v6_12,
      calls: {
        ...v6_12.calls,
        mmap: v6_12.calls.mmap.filter(({ name }) => name !== 'mmap-count-check'),
      },
    },
    search: {
      reach: {
        pages: 4,
        limit: 2,
        mmapCap: 2,
        classes: [UNWRITTEN, READ_ONLY],
        calls: ['mmap'],
        mremap: { flags: [], lengths: 'any', destinations: 'fits' },
        maxStates: 1000,
      },
    },
  },
  {
    invariant: 'precheck-enomem-untouched',
    what: 'the early check comes behind the unmapping of the destination',
    original: v6_12,
    mutant: withMoved(v6_12, 'early-count-check', 'unmap-destination-remove'),
    search: within(MOVE),
  },
  {
    invariant: 'limit-enomem-untouched',
    what: 'there is no early check (as before ea2c3f6f5545)',
    original: v6_12,
    mutant: dropped('mremap', 'early-count-check')(v6_12),
    search: within(MOVE),
  },
  {
    invariant: 'error-untouched',
    what: 'the source is compared with its VMA behind the unmapping of the destination',
    original: v6_17,
    mutant: withMoved(v6_17, 'within-vma', 'unmap-destination-remove'),
    // A source longer than its VMA, and a destination that is longer still.
    search: within(MOVE, { pages: 5, vmas: 2 }),
  },
  {
    invariant: 'no-needless-enomem',
    what: 'the check for the tail asks for one slot more',
    original: v6_17,
    mutant: withRun(v6_17, 'unmap-tail-count-check', askingOneMore),
    search: within(IN_PLACE),
  },
  {
    invariant: 'no-needless-enomem',
    what: 'every call asks for a slot (as in 7.1, where it is four)',
    original: v6_17,
    mutant: withAfter(v6_17, 'take-lock', earlyCountCheck(1)),
    search: within(IN_PLACE),
  },
  {
    invariant: 'pages-preserved',
    what: 'the pages stay where they were',
    original: v6_12,
    mutant: dropped('mremap', 'move-page-tables')(v6_12),
    search: within(MOVE),
  },
  {
    invariant: 'success-effect',
    what: 'the source stays mapped',
    original: v6_12,
    mutant: dropped('mremap', 'unmap-source-remove')(v6_12),
    search: within(MOVE, { classes: [FILE] }),
  },
  {
    invariant: 'pages-preserved',
    what: 'DONTUNMAP copies the pages instead of moving them',
    original: v7_1,
    mutant: withRun(v7_1, 'move-page-tables', (step) => (s) => {
      const moved = step.run(s);
      return { ...moved, pages: moved.pages.map((token, page) => token || (s.pages[page] ?? 0)) };
    }),
    search: within(KEEP),
  },
  {
    invariant: 'success-effect',
    what: 'the tail stays mapped',
    original: v6_12,
    mutant: dropped('mremap', 'unmap-tail-remove')(v6_12),
    search: within(IN_PLACE),
  },
  {
    invariant: 'success-effect',
    what: 'the VMA behind the destination goes with it',
    original: v6_12,
    mutant: withRun(v6_12, 'unmap-destination-remove', (step) => (s) => {
      const behind = s.newAddr + s.newLen;
      const after = step.run(s);
      // Not if it has to do with the source, so that nothing else can find it.
      const apart = behind >= s.addr + s.oldLen;
      return withVmas(
        after,
        after.vmas.filter((vma) => !apart || startOf(vma) !== behind),
      );
    }),
    search: within(MOVE),
  },
  {
    invariant: 'pages-preserved',
    what: 'the source goes when the move is refused',
    original: v2_6_33,
    mutant: withRun(v2_6_33, 'move-count-check', (step) => (s) => {
      const after = step.run(s);
      return after === s ? s : withVmas(after, cleared(s.vmas, s.addr, s.addr + s.oldLen));
    }),
    search: within(MOVE),
  },
  {
    invariant: 'pages-preserved',
    what: 'the VMA behind the destination goes when the move is refused',
    original: v2_6_33,
    mutant: withRun(v2_6_33, 'move-count-check', (step) => (s) => {
      const after = step.run(s);
      const behind = s.newAddr + s.newLen;
      // Not if it has to do with the source.
      const apart = behind >= s.addr + s.oldLen;
      const left = s.vmas.filter((vma) => !apart || startOf(vma) !== behind);
      return after === s ? s : withVmas(after, left);
    }),
    search: within(MOVE),
  },
  {
    invariant: 'success-effect',
    what: 'DONTUNMAP leaves the source locked',
    original: v7_3,
    mutant: dropped('mremap', 'dontunmap-complete')(v7_3),
    search: within(KEEP, { classes: [LOCKED] }),
  },
  {
    invariant: 'well-formed',
    what: 'map_count stays as it was when the source is unmapped',
    original: v6_12,
    mutant: withRun(v6_12, 'unmap-source-remove', (step) => (s) => {
      const after = step.run(s);
      return withVmas(after, after.vmas, s.mapCount);
    }),
    search: within(MOVE),
  },
  {
    invariant: 'well-formed',
    what: 'the destination is not unmapped',
    original: v6_12,
    mutant: dropped('mremap', 'unmap-destination-remove')(v6_12),
    search: within(MOVE),
  },
  {
    invariant: 'peak-bounded',
    what: 'DONTUNMAP splits the source out of its VMA first',
    original: v7_1,
    mutant: edited('mremap', 'move-count-check', (step) => [step, splitSource])(v7_1),
    search: within(KEEP),
  },
  {
    invariant: 'peak-bounded',
    what: 'a call that changes nothing splits the source out of its VMA first',
    original: v2_6_33,
    mutant: withAfter(v2_6_33, 'take-lock', splitSource),
    search: within(IN_PLACE),
  },
  {
    invariant: 'peak-bounded',
    what: 'the copy is counted twice until the source is unmapped',
    original: v6_12,
    mutant: withRun(
      withRun(v6_12, 'copy-vma', (step) => (s) => {
        const after = step.run(s);
        return withVmas(after, after.vmas, after.mapCount + 1);
      }),
      'unmap-source-remove',
      (step) => (s) => {
        const after = step.run(s);
        return withVmas(after, after.vmas, after.vmas.length);
      },
    ),
    // Room for a source and a destination that are each strictly inside a VMA.
    search: within(MOVE, { pages: 6, vmas: 2, limits: [9, 9] }),
  },
  {
    invariant: 'multi-move-ineligible-first-untouched',
    what: 'the first VMA is moved before the next is refused for it (as in 6.17-rc1)',
    original: v6_17,
    mutant: withRun(v6_17, 'may-move-together', () => rc1Eligibility),
    search: within(MOVE, { classes: [RAMFS, FILE] }),
  },
  {
    invariant: 'ineligible-alone-moves',
    what: 'a VMA that may not move with others is refused alone too',
    original: v6_17,
    mutant: withRun(
      v6_17,
      'may-move-together',
      () => (s) => (isIneligible(s, s.addr) ? fail(s, Errno.EFAULT) : s),
    ),
    search: within(MOVE, { classes: [RAMFS, FILE] }),
  },
  {
    invariant: 'argument-error-untouched',
    what: 'the source is compared with its VMA behind the unmapping of the destination (as up to 6.16)',
    original: v6_17,
    mutant: withMoved(v6_17, 'within-vma', 'unmap-destination-remove'),
    search: within(MOVE, { pages: 5, vmas: 2, limits: [9, 9] }),
  },
  {
    invariant: 'destination-kept-on-error',
    what: 'the source is compared with its VMA behind the unmapping of the destination (as up to 6.16)',
    original: v6_17,
    mutant: withMoved(v6_17, 'within-vma', 'unmap-destination-remove'),
    search: within(MOVE, { pages: 5, vmas: 2, limits: [9, 9] }),
  },
  {
    invariant: 'eperm-untouched',
    what: 'munmap() splits before it asks whether anything is sealed (as in 6.12)',
    original: v6_10,
    mutant: withOther(v6_10, 'munmap', (steps) => {
      const seal = named(steps, 'munmap-seal-range');
      return steps.flatMap((step) =>
        step === seal ? [] : step.name === 'munmap-split-start' ? [step, seal] : [step],
      );
    }),
    search: within([], { classes: [UNWRITTEN, SEALED], calls: ['munmap'] }),
  },
  {
    invariant: 'errno-precedence-stable',
    what: 'every call asks for a slot before it looks at the VMA (as in 7.1, where it is four)',
    original: v6_12,
    mutant: withAfter(v6_12, 'take-lock', earlyCountCheck(1)),
    search: within(IN_PLACE, { classes: [SEALED] }),
  },
  {
    invariant: 'sealed-source-eperm',
    what: 'the early check comes before the lookup (as in 6.15)',
    original: v6_12,
    mutant: withMoved(v6_12, 'early-count-check', 'take-lock'),
    search: within(MOVE, { classes: [SEALED] }),
  },
  {
    invariant: 'multi-move-at-vma-borders',
    what: 'a page of a VMA that may not move with others has moved when it is refused',
    original: v6_17,
    mutant: withRun(v6_17, 'may-move-together', (step) => (s) => {
      const after = step.run(s);
      return after === s ? s : withMovedPages(after, s.addr, s.newAddr, 1);
    }),
    search: within(MOVE, { pages: 6, classes: [RAMFS, FILE], vmas: 2, limits: [9, 9] }),
  },
  {
    invariant: 'gap-opposite-untouched',
    what: 'a gap of the source is not kept at the destination',
    original: v6_17,
    mutant: withRun(v6_17, 'pick-vma', (step) => (s) => {
      const after = step.run(s);
      const closed = s.several !== undefined && after.result === RUNNING;
      return closed ? withCourse(after, { newAddr: s.newAddr + s.newLen }) : after;
    }),
    search: within(MOVE, { pages: 6, vmas: 3, limits: [9, 9] }),
  },
  {
    invariant: 'dontunmap-keeps-source',
    what: 'the source is unmapped with DONTUNMAP too',
    original: v7_1,
    mutant: withAfter(v7_1, 'dontunmap-complete', dropSource),
    search: within(['MAYMOVE', 'DONTUNMAP']),
  },
  {
    invariant: 'dontunmap-keeps-source',
    what: 'the source is split out of its VMA (as in 7.2, where it is locked)',
    original: v7_1,
    mutant: withAfter(v7_1, 'move-count-check', splitSource),
    search: within(['MAYMOVE', 'DONTUNMAP'], { pages: 5 }),
  },
  {
    invariant: 'unfaulted-offset-is-start',
    what: 'the source keeps its page offset when its anon_vma goes (as in 7.1)',
    original: v7_3,
    mutant: edited('mremap', 'dontunmap-complete', () => [stepOf(v7_1, 'dontunmap-complete')])(
      v7_3,
    ),
    search: within(KEEP, { displacements: [0, 1] }),
  },
  {
    invariant: 'anon-vma-kept',
    what: 'a copy that merges with unwritten memory loses its anon_vma (as in 6.17)',
    original: v7_3,
    mutant: replaced('mremap', 'copy-vma', stepOf(v6_17, 'copy-vma'))(v7_3),
    search: within(MOVE, { classes: [WRITTEN, UNWRITTEN], displacements: [0, 1] }),
  },
  {
    invariant: 'resource-limits-held',
    what: 'nobody asks for RLIMIT_AS',
    original: v7_3,
    mutant: dropped('mremap', 'address-space-limit')(v7_3),
    search: within(['MAYMOVE'], { resources: { rlimitAs: 2 } }),
  },
  {
    invariant: 'no-needless-limit-refusal',
    what: 'RLIMIT_AS is looked at before the destination is unmapped (as in 6.17)',
    original: v6_16,
    mutant: withMoved(v6_16, 'address-space-limit', 'whole-huge-pages'),
    search: within(MOVE, { resources: { rlimitAs: 2 }, limits: [9, 9] }),
  },
  {
    invariant: 'tail-cut-at-limit',
    what: 'every call asks for a slot (as in 7.1, where it is four)',
    original: v6_12,
    mutant: withAfter(v6_12, 'take-lock', earlyCountCheck(1)),
    search: within(IN_PLACE),
  },
  {
    // Every kernel is lenient by one; an mmap() that were not would keep it.
    invariant: 'mmap-limit-held',
    what: 'mmap() does not look at map_count',
    original: v6_12,
    mutant: withOther(v6_12, 'mmap', (steps) =>
      steps.filter((step) => step !== named(steps, 'mmap-count-check')),
    ),
    search: {
      reach: {
        pages: 5,
        limit: 2,
        mmapCap: 1,
        classes: [UNWRITTEN],
        calls: ['mmap', 'munmap'],
        mremap: { flags: [], lengths: 'any', destinations: 'fits' },
        maxStates: 1000,
      },
    },
  },
  {
    invariant: 'commit-exact-on-error',
    what: 'a move whose page tables cannot be moved keeps its charge (as from 5.16 to 7.2)',
    original: v7_3,
    mutant: edited('mremap', 'move-page-tables', () => [stepOf(v7_1, 'move-page-tables')])(v7_3),
    search: within(['MAYMOVE'], { pages: 3, failures: 1 }),
  },
];
