import type { Plan } from '../../model/plan.js';

/** How a call ends, as far as tallies and what is judged of counts can tell. */
export interface Way {
  readonly plan: Plan;
  /** Of the step that ends it, in the plan. */
  readonly place: number;
  /** As in `State`; pages are all the same. */
  readonly result: number;
  /** map_count after the call. */
  readonly mapCount: number;
}

/** Numbers of ways. */
export class Ways {
  private readonly ways: Way[] = [];
  private readonly numbers = new Map<number, number>();

  numberOf(plan: Plan, place: number, result: number, mapCount: number): number {
    const said = Math.min(result, 0);
    // A small integer: there are at most 64 VMAs, and errnos up to 133.
    const key = ((plan.id * 128 + place) * 160 - said) * 66 + mapCount;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.ways.length);
    return this.ways.push({ plan, place, result: said, mapCount }) - 1;
  }

  at(number: number): Way {
    return this.ways[number] as Way;
  }
}
