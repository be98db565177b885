import type { Plan } from '../../model/plan.js';
import type { Continuation } from './continuations.js';
import type { Ways } from './ways.js';

/** Where some calls lead, and how they end, put together. Short lists are searched faster than maps. */
export class Outcomes {
  private readonly leads: { readonly space: number; call: number }[] = [];
  private readonly ends: {
    readonly plan: Plan;
    readonly place: number;
    readonly result: number;
    readonly mapCount: number;
    call: number;
    times: number;
  }[] = [];

  private readonly rises: [number, number] = [0, 0];

  /** map_count rose by so much on the way; `counted` where what is cleared first is counted still. */
  rose(by: number, counted: boolean): void {
    const which = counted ? 1 : 0;
    if (by > this.rises[which]) this.rises[which] = by;
  }

  leadsTo(space: number, call: number): void {
    for (const lead of this.leads) {
      if (lead.space !== space) continue;
      if (call < lead.call) lead.call = call;
      return;
    }
    this.leads.push({ space, call });
  }

  /**
   * Calls end in one way.
   *
   * @param call the first of them
   */
  end(
    plan: Plan,
    place: number,
    result: number,
    mapCount: number,
    call: number,
    times: number,
  ): void {
    const said = Math.min(result, 0);
    for (const end of this.ends) {
      const same = end.plan === plan && end.place === place && end.mapCount === mapCount;
      if (!same || end.result !== said) continue;
      end.times += times;
      if (call < end.call) end.call = call;
      return;
    }
    this.ends.push({ plan, place, result: said, mapCount, call, times });
  }

  continuation(ways: Ways): Continuation {
    const { leads, ends, rises } = this;
    return {
      leads,
      ends: ends.map((end) => ({ way: ways.numberOf(end), call: end.call, times: end.times })),
      rises,
    };
  }
}
