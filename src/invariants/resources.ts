import type { Vmas } from '../model/address-space.js';
import type { Env } from '../model/state.js';
import { type Cause, causeOf } from '../model/step.js';
import { mappedPages, pagesWith, VM_ACCOUNT, VM_LOCKED } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { unchecked } from './unchecked.js';
import { failed } from './untouched.js';

/** A limit of the process: what it bounds, in pages. */
interface Bound {
  readonly name: string;
  readonly cause: Cause;
  readonly limit: (env: Env) => number;
  readonly used: (vmas: Vmas) => number;
}

const BOUNDS: readonly Bound[] = [
  { name: 'RLIMIT_AS', cause: 'rlimitAs', limit: (e) => e.rlimitAs, used: mappedPages },
  {
    name: 'RLIMIT_MEMLOCK',
    cause: 'rlimitMemlock',
    limit: (e) => e.rlimitMemlock,
    used: (vmas) => pagesWith(vmas, VM_LOCKED),
  },
  {
    name: 'the commit limit',
    cause: 'commitLimit',
    limit: (e) => e.commitLimit,
    used: (vmas) => pagesWith(vmas, VM_ACCOUNT),
  },
];

/** The first bound that a call has gone beyond, or further beyond. */
const exceeded = ({ env, before, outcome }: Transition): Bound | undefined =>
  BOUNDS.find(({ limit, used }) => used(outcome.vmas) > Math.max(limit(env), used(before)));

/** Above all that can be mapped: there is no such limit. */
const isLimited = (t: Transition): boolean =>
  BOUNDS.some(({ limit }) => limit(t.env) <= 2 * t.env.taskEnd);

export const resourceLimitsHeld: Invariant = {
  id: 'resource-limits-held',
  statement:
    'No call maps, locks or has charged more pages than RLIMIT_AS, RLIMIT_MEMLOCK and the commit limit allow.',
  definition:
    'pages(V′) ≤ max(RLIMIT_AS, pages(V)), and so for VM_LOCKED with RLIMIT_MEMLOCK and for VM_ACCOUNT with the commit limit',
  source: 'getrlimit(2), vm.overcommit_memory=2; DONTUNMAP was charged unasked from 5.7 to 5.10.',
  applies: isLimited,
  holds: (t) => exceeded(t) === undefined,
  explain: (t) => {
    const bound = exceeded(t);
    return bound === undefined
      ? ''
      : `${bound.used(t.outcome.vmas)} pages, ${bound.name} is ${bound.limit(t.env)}`;
  },
};

/** The bound for which the call was refused. */
const refusedFor = ({ outcome }: Transition): Bound | undefined =>
  failed(outcome) ? BOUNDS.find(({ cause }) => cause === causeOf(outcome.step)) : undefined;

export const noNeedlessLimitRefusal: Invariant = {
  id: 'no-needless-limit-refusal',
  statement:
    'An mremap() refused by RLIMIT_AS, RLIMIT_MEMLOCK or the commit limit would, without that check, have ended beyond it or failed.',
  definition:
    'call = mremap ∧ nothing made to fail ∧ r < 0 ∧ σ refuses for a limit X of the process ⇒ r₋ < 0 ∨ what X bounds is above X in V₋',
  source: 'What a limit is for. From 6.17 on the check comes before the destination is unmapped.',
  looksAtArguments: true,
  applies: (t) =>
    t.call.call === 'mremap' && t.outcome.failures.length === 0 && refusedFor(t) !== undefined,
  holds: (t) => {
    const bound = refusedFor(t) as Bound;
    const free = unchecked(t, t.env);
    return failed(free) || bound.used(free.vmas) > bound.limit(t.env);
  },
  explain: (t) => {
    const bound = refusedFor(t) as Bound;
    return `refused by ${t.outcome.step.name}; without it the call succeeds with ${bound.used(unchecked(t, t.env).vmas)} pages, ${bound.name} is ${bound.limit(t.env)}`;
  },
};
