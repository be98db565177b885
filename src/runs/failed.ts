/** What is done cannot be kept: one message with the file, what the system says, and how to go on. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';
}

/**
 * Writes into the folder of a run; throws RunFailed where the system does not let it.
 *
 * @param file that is written, for the message
 */
export function keeping<T>(folder: string, file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new RunFailed(
      `${file}: cannot be written (${code}); verify --resume ${folder} goes on with the run`,
    );
  }
}
