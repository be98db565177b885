import { FIXED } from '../model/calls.js';
import { Errno, errnoName } from '../model/errno.js';
import type { Invariant, Transition } from './invariant.js';
import { failed, untouched } from './untouched.js';

/** Errors of which a caller would say that the call has not even begun. */
const OF_ARGUMENTS: ReadonlySet<number> = new Set([-Errno.EFAULT, -Errno.EINVAL, -Errno.EAGAIN]);

export const argumentErrorUntouched: Invariant = {
  id: 'argument-error-untouched',
  statement: 'A call that fails with EFAULT, EINVAL or EAGAIN leaves everything as it was.',
  definition: 'r ∈ {−EFAULT, −EINVAL, −EAGAIN} ⇒ V′ = V ∧ f′ = f',
  source:
    'd23cb648e365 (6.17) checks the VMA before anything is unmapped; before, the destination was gone by then.',
  applies: ({ outcome }) => OF_ARGUMENTS.has(outcome.result),
  ...untouched,
};

export const epermUntouched: Invariant = {
  id: 'eperm-untouched',
  statement: 'A call that is refused because something is sealed leaves everything as it was.',
  definition: 'r = −EPERM ⇒ V′ = V ∧ f′ = f',
  source:
    '8be7258aad44 asks the whole range first (6.10); since 6.12 each VMA is asked when its turn comes.',
  applies: ({ outcome }) => outcome.result === -Errno.EPERM,
  ...untouched,
};

/** The first page of the destination whose frame is gone. */
function lostPage({ call, pages, outcome }: Transition): number | undefined {
  if (call.call !== 'mremap') return undefined;
  const end = Math.min(call.newAddr + Math.ceil(call.newLen), pages.length);
  for (let page = Math.ceil(call.newAddr); page < end; page++) {
    if (pages[page] !== 0 && outcome.pages[page] !== pages[page]) return page;
  }
  return undefined;
}

export const destinationKeptOnError: Invariant = {
  id: 'destination-kept-on-error',
  statement: 'A move to a fixed address that fails has not thrown away what was mapped there.',
  definition: 'call = mremap ∧ FIXED ∧ r < 0 ⇒ ∀ p ∈ D: f(p) ≠ ∅ ⇒ f′(p) = f(p)',
  source: 'Mail of 2019-02-26: user space cannot know what is mapped after such a failure.',
  applies: ({ call, outcome }) =>
    call.call === 'mremap' && (call.flags & FIXED) !== 0 && failed(outcome),
  holds: (t) => lostPage(t) === undefined,
  explain: (t) =>
    `${errnoName(-t.outcome.result)} from ${t.outcome.step.name}, and page ${lostPage(t)} of the destination is gone`,
};
