import type { Invariant } from './invariant.js';
import { failed, untouched } from './untouched.js';

export const errorUntouched: Invariant = {
  id: 'error-untouched',
  statement: 'A call that fails leaves everything as it was.',
  definition: 'r < 0 ⇒ V′ = V ∧ f′ = f',
  source: 'What callers expect of a system call; the manual page does not promise it for mremap().',
  applies: ({ outcome }) => failed(outcome),
  ...untouched,
};
