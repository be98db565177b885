import { mappedPages, pagesWith, VM_ACCOUNT, VM_LOCKED } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { counted, failed } from './untouched.js';

/** What a call added to a counter, beside what the VMAs with a flag have become more. */
interface Books {
  readonly entered: number;
  readonly mapped: number;
}

const lockedBooks = ({ before, outcome }: Transition): Books => ({
  entered: outcome.accounts.locked,
  mapped: pagesWith(outcome.vmas, VM_LOCKED) - pagesWith(before, VM_LOCKED),
});

const totalBooks = ({ before, outcome }: Transition): Books => ({
  entered: outcome.accounts.total,
  mapped: mappedPages(outcome.vmas) - mappedPages(before),
});

const commitBooks = ({ before, outcome }: Transition): Books => ({
  entered: outcome.accounts.committed,
  mapped: pagesWith(outcome.vmas, VM_ACCOUNT) - pagesWith(before, VM_ACCOUNT),
});

const agree = ({ entered, mapped }: Books): boolean => entered === mapped;

const explained = (counter: string, vmas: string, { entered, mapped }: Books): string =>
  `${counter} changed by ${counted(entered, 'page')}, ${vmas} by ${mapped}`;

export const totalVmExact: Invariant = {
  id: 'total-vm-exact',
  statement: 'A call changes total_vm by as many pages as are mapped more or less.',
  definition: 'Δtotal_vm = pages(V′) − pages(V)',
  source: 'total_vm is what RLIMIT_AS is compared with.',
  applies: () => true,
  holds: (t) => agree(totalBooks(t)),
  explain: (t) => explained('total_vm', 'the mapped pages', totalBooks(t)),
};

export const lockedVmExact: Invariant = {
  id: 'locked-vm-exact',
  statement:
    'A call changes locked_vm by as many pages as the locked VMAs have become more or less.',
  definition: 'Δlocked_vm = pages(V′, VM_LOCKED) − pages(V, VM_LOCKED)',
  source:
    'locked_vm is what RLIMIT_MEMLOCK is compared with; DONTUNMAP miscounted it from 5.7 to 7.1.',
  applies: (t) => pagesWith(t.before, VM_LOCKED) > 0 || t.outcome.accounts.locked !== 0,
  holds: (t) => agree(lockedBooks(t)),
  explain: (t) => explained('locked_vm', 'the locked VMAs', lockedBooks(t)),
};

export const commitExact: Invariant = {
  id: 'commit-exact',
  statement:
    'A call changes the commit charge by as many pages as the accounted VMAs have become more or less.',
  definition: 'Δcharge = pages(V′, VM_ACCOUNT) − pages(V, VM_ACCOUNT)',
  source: 'A charge that no VMA has is never given back; Committed_AS would only grow.',
  applies: (t) => pagesWith(t.before, VM_ACCOUNT) > 0 || t.outcome.accounts.committed !== 0,
  holds: (t) => agree(commitBooks(t)),
  explain: (t) => explained('the commit charge', 'the accounted VMAs', commitBooks(t)),
};

export const commitExactOnError: Invariant = {
  ...commitExact,
  id: 'commit-exact-on-error',
  statement:
    'A call that fails changes the commit charge by as many pages as the accounted VMAs have become more or less.',
  definition: 'r < 0 ⇒ Δcharge = pages(V′, VM_ACCOUNT) − pages(V, VM_ACCOUNT)',
  source:
    'fdbef6149135 charges in move_vma(), which kept the charge of a growing move that failed (5.16 to 7.2).',
  applies: (t) => failed(t.outcome) && commitExact.applies(t),
};
