import { findIndex, isFree, vmaAt } from '../address-space.js';
import { Errno } from '../errno.js';
import type { AnonMergeRule } from '../merge.js';
import { fail, type State } from '../state.js';
import { returning, type Step } from '../step.js';
import { HUGE, isHugetlb, Kind, kindOf, VM_UFFD, type Vma, withFlags } from '../vma.js';
import { changeRange } from './modify.js';

/** Before 4.3. */
export const noUserfaultfd: readonly Step[] = [
  {
    name: 'uffd-unknown',
    kernel: 'sys_ni_syscall',
    does: 'refuses: there is no such call',
    errnos: ['ENOSYS'],
    run: (s) => fail(s, Errno.ENOSYS),
  },
];

/** Anonymous memory, what lives in shmem, and from 4.11 on shared huge pages (vma_can_userfault). */
const canRegister = (vma: Vma): boolean => kindOf(vma) < Kind.ramfs || isHugetlb(vma);

/** The range begins or ends inside a huge page, or begins so in front of one. */
function cutsHugePage({ vmas, addr, oldLen }: State): boolean {
  const end = addr + oldLen;
  const first = vmas[findIndex(vmas, addr)];
  const last = vmaAt(vmas, end - 1);
  const cuts = (vma: Vma | undefined, edge: number): boolean =>
    vma !== undefined && isHugetlb(vma) && edge % HUGE !== 0;
  return cuts(first, addr) || cuts(last, end);
}

/** UFFDIO_REGISTER of a range for missing pages, with a userfaultfd that is not told of moves. */
export const uffd = (rule: AnonMergeRule): readonly Step[] => [
  {
    name: 'uffd-check',
    kernel: 'userfaultfd_register',
    does: 'refuses a range without a VMA, or with one of a kind that has no missing pages to tell of, or with a part of a huge page',
    errnos: ['EINVAL'],
    run: (s) => {
      const end = s.addr + s.oldLen;
      const refused = s.vmas.some((vma) => !isFree([vma], s.addr, end) && !canRegister(vma));
      const isRefused = refused || isFree(s.vmas, s.addr, end) || cutsHugePage(s);
      return isRefused ? fail(s, Errno.EINVAL) : s;
    },
  },
  {
    name: 'uffd-register',
    kernel: 'userfaultfd_register_range',
    does: 'sets VM_UFFD_MISSING on each VMA of the range in turn: merged with a neighbour if possible, else split',
    errnos: ['ENOMEM'],
    ...changeRange(() => ({ to: (vma) => withFlags(vma, VM_UFFD, true), rule, overGaps: true })),
  },
  returning('uffd-done', 'userfaultfd_register', 'returns 0', () => 0),
];
