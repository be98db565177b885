import type { Scenario } from './scenario.js';

/** A kernel could not be started, or gave up: one message that says what was found and what helps. */
export class KernelFailed extends Error {
  override readonly name: string = 'KernelFailed';
}

/** A kernel came to an end, or to a halt, in the middle of a scenario. */
export class KernelDied extends KernelFailed {
  override readonly name = 'KernelDied';

  constructor(
    message: string,
    readonly scenario: Scenario,
  ) {
    super(message);
  }
}
