import { insert, replaceAt, splitAt, type Vmas } from '../../src/model/address-space.js';
import { DONTUNMAP, type MremapCall } from '../../src/model/calls.js';
import { dropped, type Edit, editedBy, moved, replaced, swapped } from '../../src/model/edits.js';
import { Errno } from '../../src/model/errno.js';
import { writeFault } from '../../src/model/fault.js';
import { type AnonMergeRule, insertMerging } from '../../src/model/merge.js';
import {
  fail,
  type State,
  succeed,
  withAccounts,
  withCourse,
  withMovedPages,
  withVmas,
} from '../../src/model/state.js';
import { type Step, UNMAPS_SOURCE } from '../../src/model/step.js';
import { sourceVma } from '../../src/model/steps/lookup.js';
import { copyVma } from '../../src/model/steps/move.js';
import { mprotect } from '../../src/model/steps/mprotect.js';
import { expandAlone } from '../../src/model/steps/resize.js';
import {
  displacementOf,
  endOf,
  idOf,
  isAccounted,
  isLocked,
  offsetOf,
  pagesOf,
  placeWord,
  reshaped,
  startOf,
  VM_ACCOUNT,
  VM_LOCKED,
  type Vma,
  withAccount,
  withFlags,
  withId,
} from '../../src/model/vma.js';
import {
  askingMore,
  failing,
  followed,
  running,
  skipped,
  unguarded,
  unlimited,
} from '../support/mutations.js';

type Category =
  | 'check dropped'
  | 'check narrowed'
  | 'off by one'
  | 'headroom'
  | 'undo forgotten'
  | 'charge not returned'
  | 'counted wrong'
  | 'flag not cleared'
  | 'steps swapped'
  | 'step dropped'
  | 'merge rule'
  | 'offset'
  | 'loop';

/** A release with one defect. */
export interface Mutant {
  /** What is wrong, in words. */
  readonly what: string;
  readonly release: string;
  readonly category: Category;
  readonly mutate: Edit;
  /** The detectors that must tell it from its original; others may, too. */
  readonly caughtBy: readonly string[];
  /** Why nothing can tell it from its original. */
  readonly survives?: string;
}

const args = (s: State): MremapCall => s.call as MremapCall;
const has = (s: State, flag: number): boolean => (args(s).flags & flag) !== 0;

/** Refuses with EINVAL where these arguments are as said, in place of what the step says. */
const refusing = (name: string, refused: (call: MremapCall, taskEnd: number) => boolean): Edit =>
  running(
    'mremap',
    name,
    () => (s) => (refused(args(s), s.env.taskEnd) ? fail(s, Errno.EINVAL) : s),
  );

/** What the step adds to the counters, times so much. */
const chargedTimes =
  (times: { total?: number; locked?: number; committed?: number }) =>
  (after: State, before: State): State => {
    const extra = (counter: 'total' | 'locked' | 'committed'): number =>
      (after.accounts[counter] - before.accounts[counter]) * ((times[counter] ?? 1) - 1);
    return withAccounts(after, {
      total: extra('total'),
      locked: extra('locked'),
      committed: extra('committed'),
    });
  };

const stepOf = (steps: readonly Step[], name: string): Step => {
  const found = steps.find((step) => step.name === name);
  if (found === undefined) throw new RangeError(`no step ${name}`);
  return found;
};

const EITHER: AnonMergeRule = 'either-way';
const JOINS: AnonMergeRule = 'unfaulted-joins-faulted';

/** The copy keeps its offset whatever it is, and is put at its place like this. */
const copying = (put: (vmas: Vmas, copy: Vma) => Vmas): Edit =>
  running('mremap', 'copy-vma', () => (s) => {
    const vma = sourceVma(s);
    const offset = offsetOf(vma) + s.addr - startOf(vma);
    const copy = placeWord(vma, s.newAddr, s.newLen, offset - s.newAddr);
    return withVmas(withAccounts(s, { total: s.newLen }), put(s.vmas, copy));
  });

/** The source VMA after the step, changed. */
const sourceAfter = (change: (vma: Vma, before: Vma) => Vma): Edit =>
  running('mremap', 'dontunmap-complete', (step) => (s) => {
    const before = sourceVma(s);
    const after = step.run(s);
    const fresh = change(sourceVma(after), before);
    return withVmas(after, replaceAt(after.vmas, s.addr, fresh));
  });

const keepsLocked = sourceAfter((vma, before) => withFlags(vma, VM_LOCKED, isLocked(before)));

const parameters: readonly Mutant[] = [
  {
    what: 'FIXED is taken without MAYMOVE',
    release: 'v5.7',
    category: 'check dropped',
    mutate: dropped('mremap', 'fixed-needs-maymove'),
    caughtBy: ['law: what mremap(2) refuses is refused', 'records of 5.10.223'],
  },
  {
    what: 'DONTUNMAP is taken without MAYMOVE',
    release: 'v5.16',
    category: 'check dropped',
    mutate: dropped('mremap', 'dontunmap-needs-maymove'),
    caughtBy: ['law: what mremap(2) refuses is refused'],
  },
  {
    what: 'only FIXED asks for MAYMOVE, not DONTUNMAP alone',
    release: 'v7.2',
    category: 'check narrowed',
    mutate: skipped(
      'mremap',
      'new-address-needs-maymove',
      (s) => (args(s).flags & ~DONTUNMAP) === 0,
    ),
    caughtBy: ['law: what mremap(2) refuses is refused', 'records of 7.2.13'],
  },
  {
    what: 'DONTUNMAP is taken with lengths that differ',
    release: 'v5.7',
    category: 'check dropped',
    mutate: dropped('mremap', 'dontunmap-keeps-length'),
    caughtBy: ['law: what mremap(2) refuses is refused', 'records of 5.10.223'],
  },
  {
    what: 'DONTUNMAP may shrink',
    release: 'v6.16',
    category: 'check narrowed',
    mutate: skipped('mremap', 'dontunmap-keeps-length', (s) => s.newLen < s.oldLen),
    caughtBy: ['law: what mremap(2) refuses is refused'],
  },
  {
    what: 'DONTUNMAP is a known flag, and does nothing',
    release: 'v5.1',
    category: 'check dropped',
    mutate: dropped('mremap', 'flags-known'),
    caughtBy: ['law: what mremap(2) refuses is refused'],
  },
  {
    what: 'a new length of zero is taken',
    release: 'v6.15',
    category: 'check dropped',
    mutate: dropped('mremap', 'new-length-not-zero'),
    caughtBy: ['law: what mremap(2) refuses is refused'],
  },
  {
    what: 'the destination may overlap the source',
    release: 'v2.6.33',
    category: 'check dropped',
    mutate: dropped('mremap', 'ranges-disjoint'),
    caughtBy: ['law: what mremap(2) refuses is refused', 'pages-preserved'],
  },
  {
    what: 'a destination right behind the source overlaps it (`>=` for `>`)',
    release: 'v6.1',
    category: 'off by one',
    mutate: refusing(
      'ranges-disjoint',
      (c) => c.addr + c.oldLen >= c.newAddr && c.newAddr + c.newLen > c.addr,
    ),
    caughtBy: ['law: a proper call succeeds'],
  },
  {
    what: 'a destination that is inside the source by one page is taken',
    release: 'v6.17',
    category: 'off by one',
    mutate: refusing(
      'ranges-disjoint',
      (c) => c.addr + c.oldLen > c.newAddr + 1 && c.newAddr + c.newLen > c.addr,
    ),
    caughtBy: ['law: what mremap(2) refuses is refused', 'pages-preserved'],
  },
  {
    what: 'a destination that ends with the task size is refused (`>=` for `>`)',
    release: 'v6.16',
    category: 'off by one',
    mutate: refusing('destination-in-task', (c, taskEnd) => c.newAddr + c.newLen >= taskEnd),
    caughtBy: ['law: a proper call succeeds'],
  },
  {
    what: 'a destination beyond the task size is taken',
    release: 'v6.10',
    category: 'check dropped',
    mutate: dropped('mremap', 'destination-in-task'),
    caughtBy: ['law: what mremap(2) refuses is refused', 'well-formed'],
  },
  {
    what: 'a new length above the task size is taken',
    release: 'v6.17',
    category: 'check dropped',
    mutate: dropped('mremap', 'new-length-in-task'),
    caughtBy: ['law: a new length above the task size is EINVAL'],
  },
];

const counts: readonly Mutant[] = [
  {
    what: 'the early check asks for 5 slots, not 6',
    release: 'v6.12',
    category: 'headroom',
    mutate: askingMore('mremap', 'early-count-check', -1),
    caughtBy: ['law: the least headroom is that of the text', 'records of 6.12.107'],
  },
  {
    what: 'the early check asks for 7 slots, not 6',
    release: 'v5.13',
    category: 'headroom',
    mutate: askingMore('mremap', 'early-count-check', 1),
    caughtBy: ['law: the least headroom is that of the text'],
  },
  {
    what: 'the early check asks for 3 slots, not 4',
    release: 'v7.1',
    category: 'headroom',
    mutate: askingMore('mremap', 'early-count-check', -1),
    caughtBy: ['law: the least headroom is that of the text'],
  },
  {
    what: 'the early check asks for no slot more with DONTUNMAP',
    release: 'v7.2',
    category: 'headroom',
    mutate: running('mremap', 'early-count-check', (step) => (s) => {
      const one = { ...s.env, maxMapCount: s.env.maxMapCount + (has(s, DONTUNMAP) ? 1 : 0) };
      return { ...step.run({ ...s, env: one }), env: s.env };
    }),
    caughtBy: [
      'law: the least headroom is that of the text',
      'law: a check asks what it declares',
      'records of 7.2.13',
    ],
  },
  {
    what: 'there is no early check',
    release: 'v5.1',
    category: 'check dropped',
    mutate: dropped('mremap', 'early-count-check'),
    caughtBy: ['limit-enomem-untouched', 'law: the least headroom is that of the text'],
  },
  {
    what: 'the early check comes behind the lookup',
    release: 'v7.1',
    category: 'steps swapped',
    mutate: moved('mremap', 'early-count-check', { behind: 'lookup-vma' }),
    caughtBy: ['law: ENOMEM hides EFAULT where the text asks for map slots first'],
  },
  {
    what: 'the early check and the lookup are swapped',
    release: 'v6.12',
    category: 'steps swapped',
    mutate: swapped('mremap', 'early-count-check', 'lookup-vma'),
    caughtBy: [
      'law: ENOMEM hides EFAULT where the text asks for map slots first',
      'records of 6.12.107',
    ],
  },
  {
    what: 'the early check comes when the destination is unmapped',
    release: 'v6.16',
    category: 'steps swapped',
    mutate: moved('mremap', 'early-count-check', { behind: 'unmap-destination-remove' }),
    caughtBy: ['precheck-enomem-untouched', 'law: the least headroom is that of the text'],
  },
  {
    what: 'the check before the copy asks for 3 slots, not 4',
    release: 'v6.1',
    category: 'headroom',
    mutate: askingMore('mremap', 'move-count-check', -1),
    caughtBy: ['law: the least headroom is that of the text'],
  },
  {
    what: 'the check before the copy asks for 5 slots, not 4',
    release: 'v5.7',
    category: 'headroom',
    mutate: askingMore('mremap', 'move-count-check', 1),
    caughtBy: ['law: the least headroom is that of the text', 'records of 5.10.223'],
  },
  {
    what: 'nothing is asked before the copy',
    release: 'v2.6.33',
    category: 'check dropped',
    mutate: dropped('mremap', 'move-count-check'),
    caughtBy: [
      'limit-held',
      'law: more headroom never hurts',
      'law: the least headroom is that of the text',
    ],
  },
  {
    what: 'mmap() is refused at the limit (`>=` for `>`)',
    release: 'v6.18',
    category: 'off by one',
    mutate: askingMore('mmap', 'mmap-count-check', 1),
    caughtBy: ['law: the least headroom is that of the text', 'records of 7.0.13'],
  },
  {
    what: 'mmap() does not look at map_count',
    release: 'v5.11',
    category: 'check dropped',
    mutate: dropped('mmap', 'mmap-count-check'),
    caughtBy: ['overshoot-at-most-one', 'law: the least headroom is that of the text'],
  },
  {
    what: 'mprotect() splits without a look at map_count',
    release: 'v5.16',
    category: 'check dropped',
    mutate: unlimited('mprotect', 'mprotect'),
    caughtBy: ['limit-held', 'law: the least headroom is that of the text'],
  },
  {
    what: 'mlock() asks for 2 slots at each split',
    release: 'v7.2',
    category: 'headroom',
    mutate: askingMore('mlock', 'mlock', 1),
    caughtBy: ['law: the least headroom is that of the text'],
  },
  {
    what: 'munlock() splits without a look at map_count',
    release: 'v6.1',
    category: 'check dropped',
    mutate: unlimited('munlock', 'munlock'),
    caughtBy: ['limit-held'],
  },
  {
    what: 'mseal() splits without a look at map_count',
    release: 'v6.17',
    category: 'check dropped',
    mutate: unlimited('mseal', 'mseal'),
    caughtBy: ['limit-held'],
  },
];

const lookups: readonly Mutant[] = [
  {
    what: 'nobody looks whether the old address is mapped',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('mremap', 'lookup-vma'),
    caughtBy: ['law: every call ends', 'records of 6.12.107'],
  },
  {
    what: 'the source is not looked up anew behind the destination',
    release: 'v6.1',
    category: 'check dropped',
    mutate: dropped('mremap', 'lookup-again'),
    caughtBy: ['law: a source that is unmapped with the destination is EFAULT'],
  },
  {
    what: 'an old length of zero duplicates private memory',
    release: 'v5.11',
    category: 'check dropped',
    mutate: dropped('mremap', 'zero-length-needs-shared'),
    caughtBy: ['law: what mremap(2) refuses is refused'],
  },
  {
    what: 'DONTUNMAP takes any VMA',
    release: 'v5.7',
    category: 'check dropped',
    mutate: dropped('mremap', 'dontunmap-anonymous-only'),
    caughtBy: ['law: what mremap(2) refuses is refused', 'records of 5.10.223'],
  },
  {
    what: 'a source may cross the end of its VMA',
    release: 'v5.13',
    category: 'check dropped',
    mutate: dropped('mremap', 'within-vma'),
    caughtBy: ['law: what mremap(2) refuses is refused', 'pages-preserved'],
  },
  {
    what: 'a source that ends with its VMA crosses its end (`>=` for `>`)',
    release: 'v6.15',
    category: 'off by one',
    mutate: running(
      'mremap',
      'within-vma',
      () => (s) =>
        Math.min(s.oldLen, s.newLen) >= endOf(sourceVma(s)) - s.addr ? fail(s, Errno.EFAULT) : s,
    ),
    caughtBy: ['law: a proper call succeeds'],
  },
  {
    what: 'the source is compared with its VMA when the destination is unmapped',
    release: 'v7.3',
    category: 'steps swapped',
    mutate: moved('mremap', 'within-vma', { behind: 'unmap-destination-remove' }),
    caughtBy: ['error-untouched'],
  },
];

const several: readonly Mutant[] = [
  {
    what: 'the gap between two VMAs is not kept',
    release: 'v6.17',
    category: 'loop',
    mutate: running('mremap', 'pick-vma', (step) => (s) => {
      const after = step.run(s);
      const begun = s.several;
      if (begun === undefined || after.several === begun) return after;
      return withCourse(after, { newAddr: s.newAddr + s.newLen });
    }),
    caughtBy: ['pages-preserved'],
  },
  {
    what: 'only the first VMA is moved',
    release: 'v6.18',
    category: 'loop',
    mutate: dropped('mremap', 'next-vma'),
    caughtBy: ['success-effect', 'records of 7.0.13'],
  },
  {
    what: 'the call returns where the last VMA went',
    release: 'v7.2',
    category: 'loop',
    mutate: running('mremap', 'pick-vma', (step) => (s) => {
      const after = step.run(s);
      return after.result >= 0 ? succeed(s, s.newAddr) : after;
    }),
    caughtBy: ['records of 7.2.13'],
  },
  {
    what: 'a VMA that cannot move with others does',
    release: 'v6.18',
    category: 'check dropped',
    mutate: dropped('mremap', 'may-move-together'),
    caughtBy: [
      'law: a VMA with its own get_unmapped_area moves alone',
      'multi-move-ineligible-first-untouched',
      'records of 7.0.13',
    ],
  },
  {
    what: 'a first VMA that cannot move with others does not hold back the next',
    release: 'v6.17-rc1',
    category: 'check dropped',
    mutate: dropped('mremap', 'may-move-together'),
    caughtBy: ['law: a VMA with its own get_unmapped_area moves alone'],
  },
];

const seals: readonly Mutant[] = [
  {
    what: 'a sealed source moves',
    release: 'v6.17-rc1',
    category: 'check dropped',
    mutate: dropped('mremap', 'seal-check'),
    caughtBy: ['sealed-untouched', 'law: what mremap(2) refuses is refused'],
  },
  {
    what: 'a move unmaps what is sealed at its destination',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('mremap', 'unmap-destination-seal-further'),
    caughtBy: ['sealed-untouched'],
  },
  {
    what: 'munmap() does not look through the range for seals',
    release: 'v6.10',
    category: 'check dropped',
    mutate: dropped('munmap', 'munmap-seal-range'),
    caughtBy: ['sealed-untouched', 'law: the other calls do what their manual pages say'],
  },
  {
    what: 'mprotect() meets seals one by one only',
    release: 'v6.10',
    category: 'check dropped',
    mutate: dropped('mprotect', 'seal-range'),
    caughtBy: ['law: a refusal for a seal changes nothing in 6.10'],
  },
  {
    what: 'a sealed VMA is split, and refused behind that',
    release: 'v6.15',
    category: 'steps swapped',
    mutate: swapped('munmap', 'munmap-seal-first', 'munmap-split-start'),
    caughtBy: ['law: a sealed VMA at the start of a range is refused before it is split'],
  },
  {
    what: 'mmap() replaces what is sealed',
    release: 'v7.1',
    category: 'check dropped',
    mutate: dropped('mmap', 'mmap-unmap-seal-further'),
    caughtBy: ['sealed-untouched', 'law: the other calls do what their manual pages say'],
  },
  {
    what: 'mseal() seals up to a gap and says nothing of it',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('mseal', 'mseal-gap'),
    caughtBy: ['law: the other calls do what their manual pages say'],
  },
];

const unmappings: readonly Mutant[] = [
  {
    what: 'munmap() makes a hole without a look at map_count',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('munmap', 'munmap-count-check'),
    caughtBy: ['limit-held', 'law: the least headroom is that of the text', 'records of 6.12.107'],
  },
  {
    what: 'munmap() asks for 2 slots for a hole',
    release: 'v2.6.33',
    category: 'headroom',
    mutate: askingMore('munmap', 'munmap-count-check', 1),
    caughtBy: ['law: the least headroom is that of the text'],
  },
  {
    what: 'a split at the end of what munmap() takes asks for no slot',
    release: 'v2.6.12',
    category: 'check dropped',
    mutate: unlimited('munmap', 'munmap-split-end'),
    caughtBy: ['law: the least headroom is that of the text'],
  },
  {
    what: 'a hole at the destination asks for no slot',
    release: 'v2.6.33',
    category: 'check dropped',
    mutate: dropped('mremap', 'unmap-destination-count-check'),
    caughtBy: ['limit-held'],
  },
  {
    what: 'a hole at the destination asks for no slot',
    release: 'v5.13',
    category: 'check dropped',
    mutate: dropped('mremap', 'unmap-destination-count-check'),
    caughtBy: [],
    survives:
      'The early check (ea2c3f6f5545) has asked for 6 slots by then: this one never refuses from 5.1 to 6.16.',
  },
  {
    what: 'a hole at the source asks for no slot',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('mremap', 'unmap-source-count-check'),
    caughtBy: [],
    survives:
      'The check before the copy asks for what copy and hole take together: this one never refuses.',
  },
  {
    what: 'a source of length zero is unmapped as if it were none',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('mremap', 'unmap-source-length-check'),
    caughtBy: ['law: a move of length zero leaves its source as it was'],
  },
  {
    what: 'the VMA is not split where the tail begins',
    release: 'v6.1',
    category: 'step dropped',
    mutate: dropped('mremap', 'unmap-tail-split-start'),
    caughtBy: ['pages-preserved'],
  },
  {
    what: 'the VMA is not split where the source ends',
    release: 'v7.1',
    category: 'step dropped',
    mutate: dropped('mremap', 'unmap-source-split-end'),
    caughtBy: ['success-effect'],
  },
  {
    what: 'the tail stays when a move shrinks',
    release: 'v2.6.12',
    category: 'undo forgotten',
    mutate: dropped('mremap', 'unmap-tail-remove'),
    caughtBy: ['success-effect'],
  },
  {
    what: 'the source stays mapped',
    release: 'v5.7',
    category: 'undo forgotten',
    mutate: dropped('mremap', 'unmap-source-remove'),
    caughtBy: ['success-effect', 'records of 5.10.223'],
  },
  {
    what: 'the destination is not unmapped',
    release: 'v7.3',
    category: 'step dropped',
    mutate: dropped('mremap', 'unmap-destination-remove'),
    caughtBy: ['well-formed'],
  },
  {
    what: 'the old length is not cut with the tail',
    release: 'v6.16',
    category: 'step dropped',
    mutate: dropped('mremap', 'cut-old-length'),
    caughtBy: ['success-effect'],
  },
  {
    what: 'munmap() keeps the commit charge',
    release: 'v7.2',
    category: 'charge not returned',
    mutate: followed('munmap', 'munmap-remove', chargedTimes({ committed: 0 })),
    caughtBy: [
      'commit-exact',
      'law: calls other than mremap() count exactly',
      'law: one munmap() of everything empties, and gives everything back',
      'records of 7.2.13',
    ],
  },
  {
    what: 'what is unmapped at the destination stays charged',
    release: 'v6.10',
    category: 'charge not returned',
    mutate: followed('mremap', 'unmap-destination-remove', chargedTimes({ committed: 0 })),
    caughtBy: ['commit-exact'],
  },
  {
    what: 'a locked tail stays in locked_vm',
    release: 'v5.1',
    category: 'charge not returned',
    mutate: followed('mremap', 'unmap-tail-remove', chargedTimes({ locked: 0 })),
    caughtBy: ['locked-vm-exact'],
  },
  {
    what: 'the charge of the source is given back, though it goes with the copy',
    release: 'v6.12',
    category: 'counted wrong',
    mutate: followed('mremap', 'unmap-source-remove', (after, before) =>
      withAccounts(after, {
        committed: isAccounted(sourceVma(before)) ? -before.oldLen : 0,
      }),
    ),
    caughtBy: ['commit-exact', 'records of 6.12.107'],
  },
];

const moves: readonly Mutant[] = [
  {
    what: 'a growing copy is not charged',
    release: 'v7.3',
    category: 'counted wrong',
    mutate: dropped('mremap', 'charge-copy'),
    caughtBy: ['commit-exact'],
  },
  {
    what: 'DONTUNMAP charges what the copy grows by, that is nothing',
    release: 'v5.7',
    category: 'counted wrong',
    mutate: skipped('mremap', 'charge-copy', (s) => has(s, DONTUNMAP)),
    caughtBy: ['commit-exact', 'records of 5.10.223'],
  },
  {
    what: 'a shrinking copy is charged for the difference, as in 6.15',
    release: 'v7.3',
    category: 'counted wrong',
    mutate: running('mremap', 'charge-copy', (step) => (s) => {
      const { oldLen, newLen } = args(s);
      const charged = step.run(s);
      const stale = s.several === undefined && newLen < oldLen && isAccounted(sourceVma(s));
      return stale ? withAccounts(charged, { committed: oldLen - newLen }) : charged;
    }),
    caughtBy: ['commit-exact'],
  },
  {
    what: 'the copy is charged before map_count is looked at, and stays charged',
    release: 'v2.6.33',
    category: 'undo forgotten',
    mutate: swapped('mremap', 'charge-copy', 'move-count-check'),
    caughtBy: ['commit-exact'],
  },
  {
    what: 'the copy has the offset of the start of its VMA',
    release: 'v6.12',
    category: 'offset',
    mutate: running('mremap', 'copy-vma', (step) => (s) => {
      const after = step.run(s);
      const shift = s.addr - startOf(sourceVma(s));
      const i = after.vmas.findIndex((vma) => startOf(vma) === s.newAddr);
      const copy = after.vmas[i];
      if (copy === undefined || pagesOf(copy) !== s.newLen || shift === 0) return after;
      const moved = placeWord(
        copy,
        startOf(copy),
        pagesOf(copy),
        offsetOf(copy) - shift - startOf(copy),
      );
      return withVmas(after, replaceAt(after.vmas, s.newAddr, moved));
    }),
    caughtBy: [
      'success-effect',
      'law: unfaulted memory moved there and back is as it was',
      'records of 6.12.107',
    ],
  },
  {
    what: 'the copy of unfaulted memory keeps its offset',
    release: 'v6.1',
    category: 'offset',
    mutate: copying((vmas, copy) => insertMerging(vmas, copy, JOINS)),
    caughtBy: ['law: unfaulted memory merges where it is moved to'],
  },
  {
    what: 'the copy merges with nothing',
    release: 'v7.2',
    category: 'merge rule',
    mutate: copying(insert),
    caughtBy: ['law: unfaulted memory merges where it is moved to', 'records of 7.2.13'],
  },
  {
    what: 'a faulted copy joins an unfaulted neighbour, as from 6.16 on',
    release: 'v6.12',
    category: 'merge rule',
    mutate: replaced('mremap', 'copy-vma', copyVma(EITHER)),
    caughtBy: ['law: faulted joins unfaulted only when the kernel lets it'],
  },
  {
    what: 'a faulted copy joins no unfaulted neighbour, as up to 6.15',
    release: 'v6.16',
    category: 'merge rule',
    mutate: replaced('mremap', 'copy-vma', copyVma(JOINS)),
    caughtBy: ['law: faulted joins unfaulted only when the kernel lets it'],
  },
  {
    what: 'a DONTUNMAP copy merges with its source, as up to 7.1',
    release: 'v7.2',
    category: 'merge rule',
    mutate: replaced('mremap', 'copy-vma', copyVma(EITHER)),
    caughtBy: [
      'law: DONTUNMAP of a whole VMA leaves one as new, apart from the copy',
      'records of 7.2.13',
    ],
  },
  {
    what: 'the copy is not in total_vm',
    release: 'v5.16',
    category: 'counted wrong',
    mutate: followed('mremap', 'copy-vma', chargedTimes({ total: 0 })),
    caughtBy: ['total-vm-exact'],
  },
  {
    what: 'the copy of a locked VMA is not in locked_vm',
    release: 'v7.3',
    category: 'counted wrong',
    mutate: dropped('mremap', 'lock-copy'),
    caughtBy: ['locked-vm-exact'],
  },
  {
    what: 'a locked copy with DONTUNMAP is counted again, as up to 7.1',
    release: 'v7.2',
    category: 'counted wrong',
    mutate: unguarded('mremap', 'lock-copy', UNMAPS_SOURCE),
    caughtBy: ['locked-vm-exact', 'records of 7.2.13'],
  },
  {
    what: 'the part by which a locked copy grew is not populated',
    release: 'v6.12',
    category: 'step dropped',
    mutate: running('mremap', 'lock-copy', (step) => (s) => {
      const after = step.run(s);
      return withVmas(after, s.vmas);
    }),
    caughtBy: ['law: locked private writable memory is populated'],
  },
  {
    what: 'the last page stays where it was',
    release: 'v5.11',
    category: 'off by one',
    mutate: running(
      'mremap',
      'move-page-tables',
      () => (s) => withMovedPages(s, s.addr, s.newAddr, s.oldLen - 1),
    ),
    caughtBy: ['pages-preserved'],
  },
  {
    what: 'the source is unmapped before its pages are moved',
    release: 'v6.12',
    category: 'steps swapped',
    mutate: swapped('mremap', 'move-page-tables', 'unmap-source-remove'),
    caughtBy: ['pages-preserved', 'records of 6.12.107'],
  },
  {
    what: 'the destination is unmapped before the lock is taken',
    release: 'v6.17',
    category: 'steps swapped',
    mutate: moved('mremap', 'take-lock', { behind: 'unmap-destination-remove' }),
    caughtBy: ['law: nothing changes before the lock is taken'],
  },
  {
    what: 'the call returns the old address',
    release: 'v5.13',
    category: 'offset',
    mutate: running('mremap', 'done-moved', () => (s) => succeed(s, s.addr)),
    caughtBy: ['law: a proper call succeeds'],
  },
  {
    what: 'a hint is taken without a look whether it is free',
    release: 'v6.10',
    category: 'check dropped',
    mutate: running(
      'mremap',
      'choose-new-address',
      (step) => (s) =>
        has(s, DONTUNMAP) && s.newAddr + s.newLen <= s.env.taskEnd ? s : step.run(s),
    ),
    caughtBy: ['law: an address that the kernel picks was free'],
  },
];

const failures: readonly Mutant[] = [
  {
    what: 'the copy fails, and stays charged',
    release: 'v7.3',
    category: 'charge not returned',
    mutate: failing('mremap', 'copy-vma', 'ENOMEM', (s) => fail(s, Errno.ENOMEM)),
    caughtBy: ['commit-exact'],
  },
  {
    what: 'page tables cannot be moved, and the copy stays',
    release: 'v6.12',
    category: 'undo forgotten',
    mutate: failing('mremap', 'move-page-tables', 'ENOMEM', (s) => fail(s, Errno.ENOMEM)),
    caughtBy: ['pages-preserved'],
  },
  {
    what: 'a move that was undone returns the new address',
    release: 'v5.11',
    category: 'undo forgotten',
    mutate: dropped('mremap', 'end-of-undoing'),
    caughtBy: ['success-effect'],
  },
];

const limits: readonly Mutant[] = [
  {
    what: 'nobody looks at RLIMIT_AS',
    release: 'v6.17',
    category: 'check dropped',
    mutate: dropped('mremap', 'address-space-limit'),
    caughtBy: ['resource-limits-held'],
  },
  {
    what: 'a locked VMA grows beyond RLIMIT_MEMLOCK',
    release: 'v6.1',
    category: 'check dropped',
    mutate: dropped('mremap', 'locked-limit'),
    caughtBy: ['resource-limits-held'],
  },
];

const dontunmap: readonly Mutant[] = [
  {
    what: 'the source stays locked',
    release: 'v6.12',
    category: 'flag not cleared',
    mutate: keepsLocked,
    caughtBy: ['law: DONTUNMAP unlocks its source'],
  },
  {
    what: 'the source keeps its anon_vma',
    release: 'v5.13',
    category: 'flag not cleared',
    mutate: sourceAfter((vma, before) => withId(vma, idOf(before))),
    caughtBy: ['law: DONTUNMAP of a whole VMA takes its anon_vma'],
  },
  {
    what: 'the source keeps its page offset, as up to 7.1',
    release: 'v7.2',
    category: 'offset',
    mutate: sourceAfter((vma, before) =>
      placeWord(vma, startOf(vma), pagesOf(vma), displacementOf(before)),
    ),
    caughtBy: ['law: DONTUNMAP of a whole VMA leaves one as new, apart from the copy'],
  },
  {
    what: 'the source loses VM_ACCOUNT, as in 6.15',
    release: 'v6.18',
    category: 'flag not cleared',
    mutate: sourceAfter((vma) => withAccount(vma, false)),
    caughtBy: ['records of 7.0.13'],
  },
  {
    what: 'the VMA behind the source is not marked VM_ACCOUNT',
    release: 'v5.7',
    category: 'step dropped',
    mutate: running('mremap', 'dontunmap-complete', (step) => (s) => {
      const after = step.run(s);
      const vmas = after.vmas.map((vma) =>
        s.vmas.some((was) => (was | VM_ACCOUNT) === vma && was !== vma)
          ? withAccount(vma, false)
          : vma,
      );
      return withVmas(after, vmas);
    }),
    caughtBy: ['law: DONTUNMAP inside an accounted VMA marks the one behind'],
  },
  {
    what: 'a locked source is not split off at its start',
    release: 'v7.2',
    category: 'step dropped',
    mutate: dropped('mremap', 'locked-source-split-start'),
    caughtBy: ['locked-vm-exact', 'records of 7.2.13'],
  },
  {
    what: 'the split at the end of a locked source asks for no slot',
    release: 'v7.2',
    category: 'check dropped',
    mutate: unlimited('mremap', 'locked-source-split-end'),
    caughtBy: [],
    survives:
      'The check before them asks for 3 slots: what is left is enough for both splits and the copy.',
  },
];

const expansions: readonly Mutant[] = [
  {
    what: 'a VMA grows in place over what is behind it',
    release: 'v2.6.12',
    category: 'check dropped',
    mutate: running('mremap', 'expand-in-place', () => (s) => {
      const vma = sourceVma(s);
      if (s.addr + s.oldLen !== endOf(vma)) return s;
      const grown = withVmas(
        s,
        replaceAt(s.vmas, s.addr, reshaped(vma, startOf(vma), s.addr + s.newLen)),
      );
      return succeed(grown, s.addr);
    }),
    caughtBy: ['well-formed', 'success-effect'],
  },
  {
    what: 'a VMA that grows in place is not charged',
    release: 'v6.1',
    category: 'counted wrong',
    mutate: followed('mremap', 'expand-in-place', chargedTimes({ committed: 0 })),
    caughtBy: ['commit-exact'],
  },
  {
    what: 'a VMA that grows in place does not merge with the next, as up to 6.0',
    release: 'v6.12',
    category: 'merge rule',
    mutate: replaced('mremap', 'expand-in-place', stepOf(expandAlone, 'expand-in-place')),
    caughtBy: ['law: what could be one VMA is one after a call'],
  },
  {
    what: 'growing by a move needs no MAYMOVE',
    release: 'v5.1',
    category: 'check dropped',
    mutate: (of) =>
      editedBy(
        of,
        dropped('mremap', 'growing-inside-needs-maymove'),
        dropped('mremap', 'growing-needs-maymove'),
      ),
    caughtBy: ['law: what mremap(2) refuses is refused'],
  },
];

const others: readonly Mutant[] = [
  {
    what: 'mmap() leaves what it replaced in map_count',
    release: 'v6.12',
    category: 'undo forgotten',
    mutate: dropped('mmap', 'mmap-complete'),
    caughtBy: ['well-formed', 'law: calls other than mremap() count exactly'],
  },
  {
    what: 'mmap() does not charge private writable memory',
    release: 'v5.1',
    category: 'counted wrong',
    mutate: followed('mmap', 'mmap-insert', chargedTimes({ committed: 0 })),
    caughtBy: ['commit-exact', 'law: calls other than mremap() count exactly'],
  },
  {
    what: 'mmap() takes all of a VMA that it meets at its start',
    release: 'v5.11',
    category: 'step dropped',
    mutate: dropped('mmap', 'mmap-unmap-split-start'),
    caughtBy: ['law: the other calls do what their manual pages say'],
  },
  {
    what: 'munmap() takes all of the VMA at its end',
    release: 'v6.17',
    category: 'step dropped',
    mutate: dropped('munmap', 'munmap-split-end'),
    caughtBy: ['law: the other calls do what their manual pages say'],
  },
  {
    what: 'mprotect() says nothing of a gap',
    release: 'v6.12',
    category: 'check dropped',
    mutate: dropped('mprotect', 'mprotect-gap'),
    caughtBy: ['law: the other calls do what their manual pages say', 'records of 6.12.107'],
  },
  {
    what: 'mprotect() does not charge what becomes writable',
    release: 'v7.1',
    category: 'counted wrong',
    mutate: followed('mprotect', 'mprotect', chargedTimes({ committed: 0 })),
    caughtBy: ['commit-exact', 'law: calls other than mremap() count exactly'],
  },
  {
    what: 'unfaulted memory stays charged when it becomes read-only, as up to 6.6',
    release: 'v6.12',
    category: 'charge not returned',
    mutate: replaced(
      'mprotect',
      'mprotect',
      stepOf(mprotect({ anonMerge: JOINS, readOnlyUnaccounts: false }), 'mprotect'),
    ),
    caughtBy: ['records of 6.12.107'],
  },
  {
    what: 'mlock() populates nothing',
    release: 'v6.1',
    category: 'step dropped',
    mutate: running('mlock', 'mlock-populate', () => (s) => succeed(s, 0)),
    caughtBy: ['law: locked private writable memory is populated'],
  },
  {
    what: 'mlock() says nothing of a gap',
    release: 'v5.13',
    category: 'check dropped',
    mutate: dropped('mlock', 'mlock-gap'),
    caughtBy: ['law: the other calls do what their manual pages say'],
  },
  {
    what: 'mlock() does not merge with a locked neighbour',
    release: 'v7.3',
    category: 'merge rule',
    mutate: running('mlock', 'mlock', (step) => (s) => {
      const after = step.run(s);
      return withVmas(after, splitAt(splitAt(after.vmas, s.addr), s.addr + s.oldLen));
    }),
    caughtBy: ['law: what could be one VMA is one after a call'],
  },
  {
    what: 'munlock() leaves the pages in locked_vm',
    release: 'v6.16',
    category: 'charge not returned',
    mutate: followed('munlock', 'munlock', chargedTimes({ locked: 0 })),
    caughtBy: ['locked-vm-exact', 'law: calls other than mremap() count exactly'],
  },
  {
    what: 'munlock() clears nothing',
    release: 'v5.7',
    category: 'flag not cleared',
    mutate: dropped('munlock', 'munlock'),
    caughtBy: ['law: the other calls do what their manual pages say'],
  },
  {
    what: 'a write stops behind the first page',
    release: 'v6.12',
    category: 'off by one',
    mutate: running('touch', 'touch', () => (s) => {
      const vmas = writeFault(s.vmas, s.addr);
      return vmas === undefined ? fail(s, Errno.EFAULT) : succeed(withVmas(s, vmas), 0);
    }),
    caughtBy: ['law: the other calls do what their manual pages say'],
  },
];

/** Every mutant, by the part of a release that it changes. */
export const mutants: readonly Mutant[] = [
  ...parameters,
  ...counts,
  ...lookups,
  ...several,
  ...seals,
  ...unmappings,
  ...moves,
  ...failures,
  ...limits,
  ...dontunmap,
  ...expansions,
  ...others,
];
