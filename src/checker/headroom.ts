import { sameVmas } from '../invariants/untouched.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine, Plan } from '../model/plan.js';
import { Recorder } from '../model/recorder.js';
import { remembered } from '../model/remembered.js';
import { refusedAtSight, runPlan } from '../model/run.js';
import { type Env, env, NOT_FOLLOWED, unlimited } from '../model/state.js';
import type { EnumerateBounds } from './bounds.js';
import { type CallGroup, callGroups } from './call-groups.js';
import { HEADROOM_SHAPES, headroomShape } from './headroom-shape.js';
import { bestPerSpace, KEPT } from './kept-witnesses.js';
import { addressSpaces } from './spaces.js';
import { causesOf } from './tally.js';

/** Every call in every address space; the headroom is what is looked for. */
export type HeadroomBounds = Omit<EnumerateBounds, 'limits' | 'resources' | 'failures'>;

/** A call that attains a figure, by its place in the enumeration. */
interface HeadroomWitness {
  /** Index in `addressSpaces(bounds)`. */
  readonly space: number;
  /** Index in `callsOf(bounds)`. */
  readonly call: number;
  /** max_map_count less map_count under which the call shows the figure. */
  readonly headroom: number;
}

/** The greatest that there is of something, and the smallest calls that attain it. */
interface Greatest {
  readonly value: number;
  /** At most one an address space, smallest first. */
  readonly witnesses: readonly HeadroomWitness[];
}

/** What the calls of one shape do to map_count, over all that succeed where no limit is in the way. */
export interface ShapeFigures {
  readonly shape: string;
  /** Calls, each in one address space. */
  readonly calls: number;
  /** How far map_count rises from the start of the call to its end; shown where the call gets through. */
  readonly ends: Greatest;
  /** The same up to its highest value under the lock. */
  readonly peak: Greatest;
  /**
   * The least headroom, 0 or more, from which on no check of map_count makes a difference to the call;
   * shown with one slot less, where there is one.
   */
  readonly asks: Greatest;
}

export interface HeadroomSearch {
  readonly spaces: number;
  /** Calls, each in one address space. */
  readonly transitions: number;
  /** Those that were met, in the order of `HEADROOM_SHAPES`. */
  readonly shapes: readonly ShapeFigures[];
}

const byRank = (a: HeadroomWitness, b: HeadroomWitness): number =>
  a.space - b.space || a.call - b.call;

function addGreatest(a: Greatest, b: Greatest): Greatest {
  if (a.value !== b.value) return a.value > b.value ? a : b;
  return { value: a.value, witnesses: bestPerSpace([...a.witnesses, ...b.witnesses], byRank) };
}

/** A greatest that is being looked for; witnesses come in the order of their rank. */
class Looking {
  value = Number.NEGATIVE_INFINITY;
  private witnesses: HeadroomWitness[] = [];

  see(value: number, space: number, call: number, headroom: number): void {
    if (value < this.value) return;
    if (value > this.value) {
      this.value = value;
      this.witnesses = [];
    }
    const last = this.witnesses.at(-1);
    if (this.witnesses.length === KEPT || last?.space === space) return;
    this.witnesses.push({ space, call, headroom });
  }

  found(): Greatest {
    return { value: this.value, witnesses: this.witnesses };
  }
}

class Figures {
  calls = 0;
  readonly ends = new Looking();
  readonly peak = new Looking();
  readonly asks = new Looking();
}

/** The most that a check of the plan asks for. */
const mostNeed = ({ steps }: Plan): number =>
  Math.max(
    0,
    ...steps.map(({ count }) =>
      count === undefined
        ? 0
        : Math.max(count.need, count.needDontunmap ?? 0, count.needLockedDontunmap ?? 0),
    ),
  );

/** Everything of one run of `headroomPart`. */
class Search {
  transitions = 0;
  readonly figures = new Map<string, Figures>();
  private readonly recorder = new Recorder();
  private readonly limits: Env[] = [];
  private readonly free: Env;

  constructor(private readonly pages: number) {
    this.free = unlimited(pages);
  }

  /** Every call of a group in an address space. */
  make(space: number, before: Vmas, { plan, looks, members, size }: CallGroup): void {
    const { recorder, free } = this;
    this.transitions += size;
    const [one] = members;
    if (one === undefined) return;
    recorder.clear();
    if (refusedAtSight(plan, looks, free, before, NOT_FOLLOWED, one.call, recorder)) return;
    const need = mostNeed(plan);
    for (const { call, index } of members) {
      recorder.clear();
      const outcome = this.run(plan, free, before, call);
      if (outcome.result >= 0) this.see(space, before, plan, need, call, index, outcome);
    }
  }

  private see(
    space: number,
    before: Vmas,
    plan: Plan,
    need: number,
    call: Call,
    index: number,
    outcome: Outcome,
  ): void {
    const asks = this.asked(before, plan, need, call, outcome);
    const shape = headroomShape(before, call, outcome);
    const figures = remembered(this.figures, shape, () => new Figures());
    figures.calls++;
    figures.ends.see(outcome.mapCount - before.length, space, index, asks);
    figures.peak.see(outcome.peak - before.length, space, index, asks);
    figures.asks.see(asks, space, index, Math.max(0, asks - 1));
  }

  /**
   * Goes down from a headroom at which every check of the call passes to the first at which the call ends
   * in another way. What the recorder knows to end alike is skipped.
   */
  private asked(before: Vmas, plan: Plan, need: number, call: Call, free: Outcome): number {
    const { recorder } = this;
    const recorded = call.call === 'mremap' || call.call === 'munmap';
    let limit = (recorded ? recorder.from : free.peak + need) - 1;
    while (limit >= before.length) {
      recorder.clear();
      const outcome = this.run(plan, this.limited(limit), before, call);
      if (outcome.result !== free.result || !sameVmas(outcome.vmas, free.vmas)) break;
      limit = (recorded ? recorder.from : limit) - 1;
    }
    return Math.max(0, limit + 1 - before.length);
  }

  private run(plan: Plan, limits: Env, before: Vmas, call: Call): Outcome {
    return runPlan(plan, limits, before, NOT_FOLLOWED, call, this.recorder);
  }

  private limited(limit: number): Env {
    this.limits[limit] ??= env(limit, this.pages);
    return this.limits[limit];
  }
}

/** Makes every call of the bounds in every `parts`-th address space, from the one numbered `part` on. */
export function headroomPart(
  release: Machine,
  bounds: HeadroomBounds,
  { part = 0, parts = 1 }: { readonly part?: number; readonly parts?: number } = {},
): HeadroomSearch {
  const all = addressSpaces(bounds);
  const groups = callGroups(release.within(causesOf(bounds)), bounds, true, []);
  const search = new Search(bounds.pages);
  let spaces = 0;
  for (let space = part; space < all.length; space += parts) {
    const before = all.at(space);
    spaces++;
    for (const group of groups) search.make(space, before, group);
  }
  const shapes = HEADROOM_SHAPES.flatMap((shape) => {
    const found = search.figures.get(shape);
    if (found === undefined) return [];
    const { calls, ends, peak, asks } = found;
    return { shape, calls, ends: ends.found(), peak: peak.found(), asks: asks.found() };
  });
  return { spaces, transitions: search.transitions, shapes };
}

const addShapes = (a: ShapeFigures, b: ShapeFigures): ShapeFigures => ({
  shape: a.shape,
  calls: a.calls + b.calls,
  ends: addGreatest(a.ends, b.ends),
  peak: addGreatest(a.peak, b.peak),
  asks: addGreatest(a.asks, b.asks),
});

/** Parts put together; the order does not matter. */
export function addHeadrooms(a: HeadroomSearch, b: HeadroomSearch): HeadroomSearch {
  const shapes = HEADROOM_SHAPES.flatMap((shape) => {
    const [one, other] = [a, b].map((part) => part.shapes.find((s) => s.shape === shape));
    return one !== undefined && other !== undefined ? addShapes(one, other) : (one ?? other ?? []);
  });
  return { spaces: a.spaces + b.spaces, transitions: a.transitions + b.transitions, shapes };
}
