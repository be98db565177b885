/** A kernel could not be started, or gave up: one message that says what was found and what helps. */
export class KernelFailed extends Error {
  override readonly name = 'KernelFailed';
}
