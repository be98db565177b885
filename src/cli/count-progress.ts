import type { ConformProgress } from '../conformance/conform.js';
import { grouped } from '../report/words.js';
import { hasLiveLine, liveLine, note, QUIET_SECONDS } from './terminal.js';

/** Shows how far a comparison is: one line that changes on a terminal, a line every ten seconds elsewhere. */
export class CountProgress {
  private readonly start = performance.now();
  private latest = this.start;
  private drawn = false;

  /** @param portion which part of the work is done, from 0 to 1 */
  constructor(private readonly portion: (done: number) => number) {}

  show({ done, disagreeing, shrinking }: ConformProgress): void {
    const now = performance.now();
    const line = `${this.text(done, disagreeing)}${shrinking ? ', shrinking' : ''}`;
    if (hasLiveLine()) {
      if (this.drawn && !shrinking && now - this.latest < 100) return;
      liveLine(line);
      this.drawn = true;
    } else {
      if (now - this.latest < 1000 * QUIET_SECONDS) return;
      note(line);
    }
    this.latest = now;
  }

  /** Clears the line on a terminal. */
  end(): void {
    if (this.drawn) liveLine();
  }

  private text(done: number, disagreeing: number): string {
    const seconds = (performance.now() - this.start) / 1000;
    const percent = Math.floor(100 * Math.min(1, this.portion(done)));
    const rate = `${grouped(Math.round(done / seconds))}/s`;
    return `${percent}%, ${grouped(done)} scenarios, ${rate}, ${disagreeing} disagree, ${Math.floor(seconds)} s`;
  }
}
