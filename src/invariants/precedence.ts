import { vmaAt } from '../model/address-space.js';
import { Errno, errnoName } from '../model/errno.js';
import { isSealed } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { Reruns } from './reruns.js';
import { unchecked } from './unchecked.js';
import { refusedForMapSlots } from './untouched.js';

/** More map slots than any call can use. */
const PLENTY = 1000;

const reruns = new Reruns();

/**
 * What the call returns with map slots to spare. That is what it returned here, unless a check of
 * map_count refused it: what such a check lets pass it lets pass with more room too. And a step that is
 * no more than a check does nothing there, so that it is the same without it, which others ask for too.
 */
export function resultWithRoom(t: Transition): number {
  const { on, env, before, pages, call, outcome } = t;
  if (!refusedForMapSlots(outcome)) return outcome.result;
  const roomy = { ...env, maxMapCount: PLENTY, mmapCap: PLENTY };
  return outcome.step.sees === 'headroom'
    ? unchecked(t, roomy).result
    : reruns.run(on, roomy, before, pages, call).outcome.result;
}

/** Nothing was made to fail: with that, a call may end anywhere. */
const undisturbed = ({ outcome }: Transition): boolean => outcome.failures.length === 0;

const explained = (t: Transition): string =>
  `${errnoName(-resultWithRoom(t))} with map slots to spare, ${t.outcome.result < 0 ? errnoName(-t.outcome.result) : 'no error'} from ${t.outcome.step.name} at headroom ${t.env.maxMapCount - t.before.length}`;

export const errnoPrecedenceStable: Invariant = {
  id: 'errno-precedence-stable',
  statement:
    'An mremap() that is refused with EFAULT, EINVAL, EPERM or EAGAIN is refused so near the limit too.',
  definition: 'call = mremap ∧ nothing made to fail ∧ r∞ < 0 ∧ r∞ ≠ −ENOMEM ⇒ r = r∞',
  source:
    '85ea6bdd88a2 (6.15) moved the early count check in front of the lookup, so that ENOMEM hides other errors.',
  looksAtArguments: true,
  applies: (t) => {
    if (t.call.call !== 'mremap' || !undisturbed(t)) return false;
    const result = resultWithRoom(t);
    return result < 0 && result !== -Errno.ENOMEM;
  },
  holds: (t) => t.outcome.result === resultWithRoom(t),
  explain: explained,
};

export const sealedSourceEperm: Invariant = {
  id: 'sealed-source-eperm',
  statement: 'An mremap() that the seal of its source forbids is EPERM at any headroom.',
  definition:
    'call = mremap ∧ nothing made to fail ∧ the VMA at S is sealed ∧ r∞ = −EPERM ⇒ r = −EPERM',
  source: '38075679b5f1 (6.12) asks right behind the lookup; 6.15 asks for map slots before that.',
  looksAtArguments: true,
  applies: (t) => {
    if (t.call.call !== 'mremap' || !undisturbed(t)) return false;
    const vma = vmaAt(t.before, t.call.addr);
    return vma !== undefined && isSealed(vma) && resultWithRoom(t) === -Errno.EPERM;
  },
  holds: ({ outcome }) => outcome.result === -Errno.EPERM,
  explain: explained,
};
