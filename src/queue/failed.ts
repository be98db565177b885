/** Work on a queue that cannot be finished there: no verdict, and no fault of the input. */
export class QueueFailed extends Error {
  override readonly name = 'QueueFailed';
}
