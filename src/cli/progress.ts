import type { Job } from '../verify/jobs.js';
import type { Progress } from '../verify/search.js';
import { hasLiveLine, liveLine, note, QUIET_SECONDS } from './terminal.js';

const millions = (n: number): string => `${(n / 1e6).toFixed(1)} M`;

const jobText = (job: Job): string =>
  `${job.kind} ${job.kind === 'compare' ? job.releases.join(' -> ') : job.release}, ${job.bounds.pages} pages`;

/**
 * Shows how far a run is: one line that changes on a terminal; elsewhere a line when the first search is
 * done, and then one every ten seconds.
 */
export class ProgressLine {
  private readonly start = performance.now();
  /** When it was shown last. */
  private shown: number | undefined;
  private latest: Progress = { tasksDone: 0, tasks: 0, transitions: 0, finished: undefined };
  private lastDone: Job | undefined;
  /** A piece may take a while: the seconds go on meanwhile. */
  private readonly ticking = setInterval(() => this.tick(), 500).unref();

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  show(progress: Progress): void {
    this.latest = progress;
    this.lastDone = progress.finished ?? this.lastDone;
    if (hasLiveLine()) {
      if (this.sinceShown > 0.1) this.redraw();
    } else if (this.shown === undefined && progress.finished !== undefined) this.noteLine();
  }

  /** Clears the line on a terminal. */
  end(): void {
    clearInterval(this.ticking);
    if (hasLiveLine() && this.shown !== undefined) liveLine();
  }

  private get sinceShown(): number {
    return (performance.now() - (this.shown ?? this.start)) / 1000;
  }

  private tick(): void {
    if (hasLiveLine()) this.redraw();
    else if (this.sinceShown >= QUIET_SECONDS) this.noteLine();
  }

  private text(): string {
    const { tasksDone, tasks, transitions } = this.latest;
    const part = tasks === 0 ? 0 : Math.floor((100 * tasksDone) / tasks);
    return `${part}%, ${millions(transitions)} calls, ${millions(transitions / this.seconds)}/s`;
  }

  private noteLine(): void {
    this.shown = performance.now();
    const done = this.lastDone === undefined ? '' : `, ${jobText(this.lastDone)} done`;
    note(`${this.seconds.toFixed(1)} s: ${this.text()}${done}`);
  }

  private redraw(): void {
    this.shown = performance.now();
    liveLine(`${this.text()}, ${Math.floor(this.seconds)} s`);
  }
}
