import type { Call } from '../model/calls.js';
import { Numbers } from './numbers.js';

/** How each state was first reached: by which call from which state. */
export class Paths {
  private readonly parents = new Numbers();
  private readonly calls = new Numbers();

  constructor() {
    this.add(-1, -1);
  }

  /** Notes it of the next state. */
  add(parent: number, call: number): void {
    this.parents.push(parent);
    this.calls.push(call);
  }

  /** Calls to a state. */
  depthOf(state: number): number {
    let depth = 0;
    for (let at = state; at > 0; at = this.parents.at(at)) depth++;
    return depth;
  }

  pathTo(state: number, calls: readonly Call[]): Call[] {
    const path: Call[] = [];
    for (let at = state; at > 0; at = this.parents.at(at)) {
      path.push(calls[this.calls.at(at)] as Call);
    }
    return path.reverse();
  }
}
