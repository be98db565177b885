import type { Invariant, Transition } from './invariant.js';
import { unchecked, uncheckedRerun } from './unchecked.js';
import { failed, refusedForMapSlots } from './untouched.js';

const applies = ({ call, outcome }: Transition): boolean =>
  call.call === 'mremap' && outcome.failures.length === 0 && refusedForMapSlots(outcome);

/** As long as the call without the check ends alike, on the same side of the limit. */
function alikeUpTo(t: Transition): number {
  if (!applies(t)) return Number.POSITIVE_INFINITY;
  const { to, outcome } = uncheckedRerun(t, t.env);
  const isAbove = !failed(outcome) && outcome.mapCount > t.env.maxMapCount;
  return isAbove ? Math.min(to, outcome.mapCount - 1) : to;
}

export const noNeedlessEnomem: Invariant = {
  id: 'no-needless-enomem',
  statement:
    'An mremap() refused for want of map slots would, without the check that refused it, have ended above the limit or failed.',
  definition:
    'call = mremap ∧ nothing made to fail ∧ r = −ENOMEM ∧ σ refuses for map_count ⇒ r₋ < 0 ∨ n₋ > L',
  source: 'Mail of 2026-03-11: the check asks for more headroom than a move can use.',
  looksAtArguments: true,
  looksAtLimit: true,
  alikeUpTo,
  applies,
  holds: (t) => {
    const free = unchecked(t, t.env);
    return failed(free) || free.mapCount > t.env.maxMapCount;
  },
  explain: (t) => {
    const free = unchecked(t, t.env);
    return (
      `refused by ${t.outcome.step.name} at headroom ${t.env.maxMapCount - t.before.length}; ` +
      `without it the call succeeds with map_count ${free.mapCount}, limit ${t.env.maxMapCount}`
    );
  },
};
