import { longEnough } from './lists.js';

/** No address space has this number. */
const NONE = -1;

/** The address spaces to which calls lead, each once, with the first call that leads there. */
export class Successors {
  /** By address space, the last turn in which calls led there, and the first of them. */
  private met = new Int32Array(1 << 10);
  private turn = 0;
  private self = NONE;
  private found: number[] = [];

  /** In no order. */
  get all(): readonly number[] {
    return this.found;
  }

  firstCall(space: number): number {
    return this.met[2 * space + 1] as number;
  }

  /**
   * Begins with other calls.
   *
   * @param self an address space that is not to be among them
   */
  begin(self = NONE): void {
    this.self = self;
    this.found = [];
    this.turn++;
  }

  add(space: number, call: number): void {
    if (space === this.self) return;
    const at = 2 * space;
    this.met = longEnough(this.met, at + 2);
    const { met } = this;
    if (met[at] !== this.turn) {
      met[at] = this.turn;
      met[at + 1] = call;
      this.found.push(space);
    } else if (call < (met[at + 1] as number)) met[at + 1] = call;
  }
}
