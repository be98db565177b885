import type { Call } from '../model/calls.js';

/** How each state was first reached. */
export class Paths {
  private readonly parents: number[] = [-1];
  private readonly calls: number[] = [-1];
  private readonly depths: number[] = [0];

  add(parent: number, call: number): void {
    this.parents.push(parent);
    this.calls.push(call);
    this.depths.push(this.depthOf(parent) + 1);
  }

  depthOf(state: number): number {
    return this.depths[state] ?? 0;
  }

  pathTo(state: number, calls: readonly Call[]): Call[] {
    const path: Call[] = [];
    for (let at = state; at > 0; at = this.parents[at] as number) {
      path.push(calls[this.calls[at] as number] as Call);
    }
    return path.reverse();
  }
}
