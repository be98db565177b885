/** The address spaces to which one state leads, each once, with the first call that leads there. */
export class Successors {
  /** By address space, the last state that led there, by a number of its own; and the call. */
  private met = new Int32Array(1 << 10);
  private turn = 0;
  private self = -1;
  private found: number[] = [];

  /** In no order; the state itself is not among them. */
  get all(): readonly number[] {
    return this.found;
  }

  firstCall(space: number): number {
    return this.met[2 * space + 1] as number;
  }

  /**
   * Begins with another state.
   *
   * @param self its number among the address spaces
   */
  begin(self: number): void {
    this.self = self;
    this.found = [];
    this.turn++;
  }

  add(space: number, call: number): void {
    if (space === this.self) return;
    const at = 2 * space;
    if (at >= this.met.length) this.makeRoom(at);
    const { met } = this;
    if (met[at] !== this.turn) {
      met[at] = this.turn;
      met[at + 1] = call;
      this.found.push(space);
    } else if (call < (met[at + 1] as number)) met[at + 1] = call;
  }

  /** Numbers mean other address spaces from now on. */
  forget(): void {
    this.met.fill(0);
    this.turn = 0;
  }

  private makeRoom(at: number): void {
    const more = new Int32Array(Math.max(2 * this.met.length, 2 * at));
    more.set(this.met);
    this.met = more;
  }
}
