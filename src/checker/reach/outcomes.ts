import { longEnough } from './lists.js';
import { Successors } from './successors.js';

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
  /** By way: the last turn in which calls ended so, the first of them, and how many. */
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
   * @param call the first of them
   */
  readonly end = (way: number, call: number, times: number): void => {
    const at = 3 * way;
    this.met = longEnough(this.met, at + 3);
    const { met } = this;
    if (met[at] !== this.turn) {
      met[at] = this.turn;
      met[at + 1] = call;
      met[at + 2] = times;
      this.ways.push(way);
    } else {
      if (call < (met[at + 1] as number)) met[at + 1] = call;
      met[at + 2] = (met[at + 2] as number) + times;
    }
  };

  /** Each way with the first call that ends so, and how many do. */
  get ending(): number[] {
    const { met } = this;
    const ending: number[] = [];
    for (const way of this.ways) {
      ending.push(way, met[3 * way + 1] as number, met[3 * way + 2] as number);
    }
    return ending;
  }
}
