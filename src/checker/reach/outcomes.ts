import { longEnough } from './lists.js';
import { Successors } from './successors.js';

/** A way in an ending: its number, how many calls, the first of them, and the first of their mirror images. */
export const ENDING_WORDS = 4;

/** Where some calls lead, and how they end, put together. */
export class Outcomes {
  /** The address spaces to which they lead, each once, with the first call that does. */
  readonly leads = new Successors();
  /**
   * Highest rise of map_count from where they go on, what they clear taken off before; and of those for
   * which that is counted still, from where that is.
   */
  rise = 0;
  riseCounted = 0;
  /** By way: the last turn in which calls ended so, how many, and the first of them and of their mirror images. */
  private met = new Int32Array(1 << 10);
  private turn = 0;
  private ways: number[] = [];

  begin(): void {
    this.leads.begin();
    this.ways = [];
    this.rise = 0;
    this.riseCounted = 0;
    this.turn++;
  }

  /** map_count rose by so much on the way; `counted` where what is cleared first is counted still. */
  rose(by: number, counted: boolean): void {
    if (counted) this.riseCounted = Math.max(this.riseCounted, by);
    else this.rise = Math.max(this.rise, by);
  }

  /**
   * Calls end in one way.
   *
   * @param first of them
   * @param image the first of their mirror images
   */
  readonly end = (way: number, times: number, first: number, image: number): void => {
    const at = ENDING_WORDS * way;
    this.met = longEnough(this.met, at + ENDING_WORDS);
    const { met } = this;
    if (met[at] !== this.turn) {
      met[at] = this.turn;
      met[at + 1] = times;
      met[at + 2] = first;
      met[at + 3] = image;
      this.ways.push(way);
    } else {
      met[at + 1] = (met[at + 1] as number) + times;
      if (first < (met[at + 2] as number)) met[at + 2] = first;
      if (image < (met[at + 3] as number)) met[at + 3] = image;
    }
  };

  /** All ways, back to back, as ENDING_WORDS says. */
  get ending(): number[] {
    const { met } = this;
    const ending: number[] = [];
    for (const way of this.ways) {
      const at = ENDING_WORDS * way;
      ending.push(way, met[at + 1] as number, met[at + 2] as number, met[at + 3] as number);
    }
    return ending;
  }
}
