import type { Scenario } from './scenario.js';

/** A kernel could not be started, or gave up: one message that says what was found and what helps. */
export class KernelFailed extends Error {
  override readonly name: string = 'KernelFailed';
}

/** A kernel came to an end or to a halt, or complained, in a scenario or behind it. */
export class KernelDied extends KernelFailed {
  override readonly name = 'KernelDied';

  /** @param scenarios one of which it was, as far as that is known */
  constructor(
    message: string,
    readonly scenarios: readonly Scenario[],
  ) {
    super(message);
  }
}
