import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import { mapOutcome } from '../../model/outcome.js';
import type { Machine } from '../../model/plan.js';
import { type Env, NOT_FOLLOWED } from '../../model/state.js';
import type { Step } from '../../model/step.js';
import type { Breaches, Verdict } from './breaches.js';
import type { Ways } from './ways.js';

/** Judges calls by how they end and by how many VMAs there were before, once for all that are alike in that. */
export class CountVerdicts {
  /** By way and map_count before. */
  private readonly known: Verdict[][][] = [];

  /** @param breaches of invariants that say `ofCountsAlone` */
  constructor(
    private readonly on: Machine,
    private readonly limits: Env,
    private readonly calls: readonly Call[],
    private readonly ways: Ways,
    private readonly breaches: Breaches,
  ) {}

  /**
   * @param state what findings name the address space by
   * @param call the first of the calls, by its place in the list of calls
   * @param size how many there are
   */
  judge(way: number, state: number, before: Vmas, call: number, size: number): void {
    this.known[way] ??= [];
    const byCount = this.known[way] as Verdict[][];
    byCount[before.length] ??= this.verdicts(way, before, call);
    this.breaches.count(byCount[before.length] as Verdict[], state, call, size);
  }

  private verdicts(way: number, before: Vmas, call: number): Verdict[] {
    const { on, limits, calls } = this;
    const { plan, place, result, mapCount } = this.ways.at(way);
    const number = plan.numbers[place] as number;
    const step = plan.steps[place] as Step;
    return this.breaches.verdicts({
      on,
      env: limits,
      before,
      pages: NOT_FOLLOWED,
      call: calls[call] as Call,
      outcome: { ...mapOutcome(result, before, step, number, before.length), mapCount },
    });
  }
}
