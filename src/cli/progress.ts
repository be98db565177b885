import type { Job } from '../verify/jobs.js';
import type { Progress } from '../verify/search.js';
import { note } from './terminal.js';

const millions = (n: number): string => `${(n / 1e6).toFixed(1)} M`;

const jobText = (job: Job): string =>
  `${job.kind} ${job.kind === 'compare' ? job.releases.join(' -> ') : job.release}, ${job.bounds.pages} pages`;

/** Shows how far a run is: one line that changes on a terminal, a line for each finished search elsewhere. */
export class ProgressLine {
  private readonly start = performance.now();
  private drawn = 0;
  private latest: Progress = { tasksDone: 0, tasks: 0, transitions: 0, finished: undefined };
  /** A piece may take a while: the seconds go on meanwhile. */
  private readonly ticking = setInterval(() => this.redraw(), 500).unref();

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  show(progress: Progress): void {
    this.latest = progress;
    if (process.stderr.isTTY) {
      if (performance.now() - this.drawn > 100) this.redraw();
    } else if (progress.finished !== undefined) {
      note(
        `${this.seconds.toFixed(1)} s: ${jobText(progress.finished)} done (${this.rate(progress)})`,
      );
    }
  }

  /** Clears the line on a terminal. */
  end(): void {
    clearInterval(this.ticking);
    if (this.drawn > 0) process.stderr.write('\r\x1b[K');
  }

  private rate({ transitions }: Progress): string {
    return `${millions(transitions)} calls, ${millions(transitions / this.seconds)}/s`;
  }

  private redraw(): void {
    if (!process.stderr.isTTY) return;
    this.drawn = performance.now();
    const { tasksDone, tasks } = this.latest;
    const part = tasks === 0 ? 0 : Math.floor((100 * tasksDone) / tasks);
    const line = `${part}%, ${this.rate(this.latest)}, ${Math.floor(this.seconds)} s`;
    process.stderr.write(`\r\x1b[K${line}`);
  }
}
