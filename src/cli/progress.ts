import type { Job } from '../verify/jobs.js';
import type { Progress } from '../verify/verify.js';
import { note } from './terminal.js';

const millions = (n: number): string => `${(n / 1e6).toFixed(1)} M`;

const jobText = (job: Job): string =>
  `${job.kind} ${job.kind === 'compare' ? job.releases.join(' -> ') : job.release}, ${job.bounds.pages} pages`;

/** Shows how far a run is: one line that changes on a terminal, a line for each finished search elsewhere. */
export class ProgressLine {
  private readonly start = performance.now();
  private drawn = 0;

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  show(progress: Progress): void {
    if (process.stderr.isTTY) this.redraw(progress);
    else if (progress.finished !== undefined) {
      note(
        `${this.seconds.toFixed(1)} s: ${jobText(progress.finished)} done (${this.rate(progress)})`,
      );
    }
  }

  /** Clears the line on a terminal. */
  end(): void {
    if (process.stderr.isTTY && this.drawn > 0) process.stderr.write('\r\x1b[K');
  }

  private rate({ transitions }: Progress): string {
    return `${millions(transitions)} calls, ${millions(transitions / this.seconds)}/s`;
  }

  private redraw(progress: Progress): void {
    const now = performance.now();
    if (now - this.drawn < 100 && progress.tasksDone < progress.tasks) return;
    this.drawn = now;
    const part = Math.floor((100 * progress.tasksDone) / progress.tasks);
    process.stderr.write(`\r\x1b[K${part}% of ${progress.tasks} pieces, ${this.rate(progress)}`);
  }
}
