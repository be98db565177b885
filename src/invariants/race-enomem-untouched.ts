import type { Invariant } from './invariant.js';
import { refusedForMapSlots, untouched } from './untouched.js';

const refused =
  (lowered: boolean): Invariant['applies'] =>
  ({ race, outcome }) =>
    race?.lowered === lowered && refusedForMapSlots(outcome);

export const raceEnomemUntouched: Invariant = {
  id: 'race-enomem-untouched',
  statement:
    'Whatever calls other threads make meanwhile, a call refused for want of map slots has changed nothing itself.',
  definition:
    'r = −ENOMEM ∧ σ refuses for map_count ⇒ V′ = V ∧ f′ = f, where V, f are those in which the call took the lock',
  source: 'ea2c3f6f5545 (5.1) under concurrency: a check without the lock can be out of date.',
  applies: refused(false),
  ...untouched,
};

export const sysctlEnomemUntouched: Invariant = {
  id: 'sysctl-enomem-untouched',
  statement:
    'A call refused for want of map slots has changed nothing, also if max_map_count is lowered meanwhile.',
  definition:
    'with a thread that lowers L: r = −ENOMEM ∧ σ refuses for map_count ⇒ V′ = V ∧ f′ = f',
  source: 'Each check reads max_map_count anew, and the mmap lock does not keep sysctl out.',
  applies: refused(true),
  ...untouched,
};
