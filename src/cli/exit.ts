/** What the exit code of the command says. */
export const Exit = {
  /** Everything is as the specs expect; an expected violation is no failure. */
  ok: 0,
  /** A verdict that no spec expects, or a kernel that does something else than the model or does not survive a scenario. */
  unexpected: 1,
  /** Bad input or usage, or results that cannot be written. */
  usage: 2,
  /** Interrupted, or a bound that the user set was met. */
  incomplete: 3,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];
