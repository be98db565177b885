import type { Invariant } from './invariant.js';
import { refusedForMapSlots, untouched } from './untouched.js';

export const limitEnomemUntouched: Invariant = {
  id: 'limit-enomem-untouched',
  statement: 'A call refused for want of map slots, at whatever step, leaves everything as it was.',
  definition: 'r = −ENOMEM ∧ σ refuses for map_count ⇒ V′ = V ∧ f′ = f',
  source: 'Mail of 2019-02-26: the destination may be gone when move_vma() refuses.',
  applies: ({ outcome }) => refusedForMapSlots(outcome),
  ...untouched,
};
