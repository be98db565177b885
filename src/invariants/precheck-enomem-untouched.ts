import type { Invariant } from './invariant.js';
import { describeChange, refusedForMapSlots, untouched } from './untouched.js';

export const precheckEnomemUntouched: Invariant = {
  id: 'precheck-enomem-untouched',
  statement:
    'When the early count check refuses a call, nothing has been unmapped, moved or split.',
  definition: 'r = −ENOMEM ∧ σ is the early count check ⇒ V′ = V ∧ f′ = f',
  source: 'ea2c3f6f5545: the check exists so that user space knows what is mapped after -ENOMEM.',
  applies: ({ outcome }) => refusedForMapSlots(outcome) && outcome.step.count?.role === 'early',
  ...untouched,
  explain: (t) => `refused by ${t.outcome.step.name}, yet ${describeChange(t)}`,
};
