import { Exit } from './exit.js';
import { note } from './terminal.js';

/** What became of standard output. */
export const results = {
  /** Its reader closed the pipe: it has seen enough, and that is no error of ours. */
  unread: false,
  /** It takes no more for another reason, such as a disk that is full. */
  lost: false,
};

/** Keeps what cannot be written from ending the process, which has other work to do and a verdict to give. */
export function watchStreams(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') results.unread = true;
    else if (!results.lost) {
      results.lost = true;
      note(
        `mremap-check: standard output: cannot be written (${code}), expected a place for the results`,
      );
      process.exitCode = Exit.usage;
    }
  });
  // Progress that nobody is shown is no reason to stop.
  process.stderr.on('error', () => {});
}
