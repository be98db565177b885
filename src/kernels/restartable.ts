import type { Kernel } from '../conformance/kernel.js';

/** Opens a kernel; rejects with KernelFailed, after an abort too, with nothing left running. */
type Open = (signal: AbortSignal | undefined) => Promise<Kernel>;

/** A kernel that can be opened again. */
class Restartable implements Kernel {
  private opening: Promise<Kernel>;

  constructor(
    private current: Kernel,
    private readonly open: Open,
  ) {
    this.opening = Promise.resolve(current);
  }

  get name(): string {
    return this.current.name;
  }

  get version(): string {
    return this.current.version;
  }

  get hides(): Kernel['hides'] {
    return this.current.hides;
  }

  run(...[scenarios]: Parameters<Kernel['run']>): ReturnType<Kernel['run']> {
    return this.current.run(scenarios);
  }

  async restart(signal: AbortSignal): Promise<void> {
    this.opening = this.current.close().then(() => this.open(signal));
    try {
      this.current = await this.opening;
    } catch (error) {
      // After an abort nobody asks it any more.
      if (!signal.aborted) throw error;
    }
  }

  /** Also in the middle of a start, for the end of which it waits. */
  async close(): Promise<void> {
    const last = await this.opening.catch(() => undefined);
    await last?.close();
  }
}

/** Opens a kernel that is opened once more whenever it is to be started anew. */
export const restartable = async (open: Open, signal: AbortSignal | undefined): Promise<Kernel> =>
  new Restartable(await open(signal), open);
