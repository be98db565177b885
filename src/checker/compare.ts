import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Machine, Plan } from '../model/plan.js';
import { Recorder } from '../model/recorder.js';
import { remembered } from '../model/remembered.js';
import { refusedAtSight, runPlan } from '../model/run.js';
import type { Env, Pages } from '../model/state.js';
import { type ArgumentClass, argumentClasses, singleClasses } from './argument-classes.js';
import { type Behaviour, behaviourKey, behaviourOf, sameOutcome } from './behaviour.js';
import type { CompareBounds } from './bounds.js';
import { groupedAlike } from './call-groups.js';
import { callsOf } from './calls.js';
import { checkBounds, checkPart } from './check-bounds.js';
import { limitsOf, recordsLimits, type SearchOptions } from './enumerate.js';
import { byRank, type Witness } from './findings.js';
import { callShape } from './shape.js';
import { addressSpaces } from './spaces.js';
import { causesOf } from './tally.js';

/** Calls whose outcome two releases differ in, alike to a caller. */
export interface BehaviourClass extends Behaviour {
  readonly count: number;
  /** Every max_map_count - map_count at which it happens, least first. */
  readonly headrooms: readonly number[];
  /** The smallest. */
  readonly witness: Witness;
}

/** Where two releases differ. */
export interface Comparison {
  readonly spaces: number;
  readonly transitions: number;
  /** In the order of their keys. */
  readonly classes: readonly BehaviourClass[];
}

/** A class that grows. */
class ClassTally {
  private count = 0;
  private readonly headrooms = new Set<number>();
  private witness: Witness | undefined;

  constructor(private readonly behaviour: Behaviour) {}

  add(count: number, headrooms: Iterable<number>, witness: Witness): void {
    this.count += count;
    for (const headroom of headrooms) this.headrooms.add(headroom);
    if (this.witness === undefined || byRank(witness, this.witness) < 0) this.witness = witness;
  }

  total(): BehaviourClass {
    const { behaviour, count, witness } = this;
    if (witness === undefined) throw new Error('a class of nothing');
    const headrooms = [...this.headrooms].sort((a, b) => a - b);
    return { ...behaviour, count, headrooms, witness };
  }
}

/** Classes by their keys. */
class Classes {
  private readonly tallies = new Map<string, ClassTally>();

  of(behaviour: Behaviour): ClassTally {
    const key = behaviourKey(behaviour);
    return remembered(this.tallies, key, () => new ClassTally(behaviour));
  }

  total(): BehaviourClass[] {
    return [...this.tallies.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, tally]) => tally.total());
  }
}

/** Two releases side by side. */
class Comparing {
  readonly classes = new Classes();
  private readonly recorders = [new Recorder(), new Recorder()] as const;

  constructor(
    private readonly limitRanges: boolean,
    private readonly groups: boolean,
  ) {}

  /** Every call of the group under each limit. */
  makeAll(
    space: number,
    before: Vmas,
    pages: Pages,
    limits: readonly Env[],
    group: readonly ArgumentClass<Call>[],
  ): void {
    const open = this.openLimits(before, pages, limits, group[0] as ArgumentClass<Call>);
    if (open.length === 0) return;
    for (const one of group) this.make(space, before, pages, one, open);
  }

  /** Up to which limit a call ends on both releases as it has just done. */
  private alikeUpTo({ maxMapCount }: Env, call: Call): number {
    const [mine, yours] = this.recorders;
    return this.limitRanges && recordsLimits(call) ? Math.min(mine.to, yours.to) : maxMapCount;
  }

  /** The limits under which calls that begin as this one are not refused at sight, and alike, on both releases. */
  private openLimits(
    before: Vmas,
    pages: Pages,
    limits: readonly Env[],
    { call, plans }: ArgumentClass<Call>,
  ): readonly Env[] {
    if (!this.groups) return limits;
    const [mine, yours] = this.recorders;
    const [a, b] = plans as readonly [Plan, Plan];
    let to = -1;
    let alike = false;
    return limits.filter((within) => {
      if (within.maxMapCount > to) {
        mine.clear();
        yours.clear();
        const first = refusedAtSight(a, a.looks, within, before, pages, call, mine);
        const second = refusedAtSight(b, b.looks, within, before, pages, call, yours);
        to = this.alikeUpTo(within, call);
        alike = first !== undefined && first.result === second?.result;
      }
      return !alike;
    });
  }

  /** One call under each limit, executed anew where a check of map_count may answer differently. */
  private make(
    space: number,
    before: Vmas,
    pages: Pages,
    { call, index, size, plans }: ArgumentClass<Call>,
    open: readonly Env[],
  ): void {
    const [mine, yours] = this.recorders;
    let to = -1;
    let found: ClassTally | undefined;
    for (const limits of open) {
      const limit = limits.maxMapCount;
      if (limit > to) {
        mine.clear();
        yours.clear();
        const a = runPlan(plans[0] as Plan, limits, before, pages, call, mine);
        const b = runPlan(plans[1] as Plan, limits, before, pages, call, yours);
        to = this.alikeUpTo(limits, call);
        found = sameOutcome(a, b)
          ? undefined
          : this.classes.of(behaviourOf(call, before, pages, a, b));
      }
      if (found === undefined) continue;
      const headroom = limit - before.length;
      const witness = { space, call: index, limit, failing: [], aboveLimit: headroom < 0 };
      found.add(size, [headroom], witness);
    }
  }
}

/** The limits under which calls are made in an address space. */
function limitsIn(
  before: Vmas,
  limits: readonly Env[],
  { headrooms }: CompareBounds,
): readonly Env[] {
  if (headrooms === undefined) return limits;
  const [least, greatest] = headrooms;
  return limits.filter(({ maxMapCount }) => {
    const headroom = maxMapCount - before.length;
    return headroom >= least && headroom <= greatest;
  });
}

/** What the parts of one comparison have in common. */
interface Compared {
  readonly on: readonly [Machine, Machine];
  readonly calls: number;
  readonly groups: readonly (readonly ArgumentClass<Call>[])[];
}

let latest:
  | { readonly releases: readonly Machine[]; readonly key: string; readonly compared: Compared }
  | undefined;

/** Parts of one comparison ask for the same again and again. */
function comparedOf(
  releases: readonly [Machine, Machine],
  bounds: CompareBounds,
  reduce: boolean,
): Compared {
  const [a, b] = releases;
  const key = JSON.stringify([bounds, reduce]);
  if (latest?.releases[0] !== a || latest.releases[1] !== b || latest.key !== key) {
    latest = { releases, key, compared: grouped(releases, bounds, reduce) };
  }
  return latest.compared;
}

function grouped(
  releases: readonly [Machine, Machine],
  bounds: CompareBounds,
  reduce: boolean,
): Compared {
  const calls = callsOf(bounds);
  const causes = causesOf(bounds);
  const [a, b] = releases;
  const on = reduce ? ([a.within(causes), b.within(causes)] as const) : releases;
  const classes = reduce
    ? argumentClasses(on, calls, bounds.pages, callShape)
    : singleClasses(on, calls);
  const groups = reduce ? groupedAlike(classes) : classes.map((one) => [one]);
  return { on, calls: calls.length, groups };
}

/** Makes every call of the bounds on two releases and groups the outcomes that differ. */
export function comparePart(
  releases: readonly [Machine, Machine],
  bounds: CompareBounds,
  { part = 0, parts = 1, argumentClasses: reduce = true, limitRanges = true }: SearchOptions = {},
): Comparison {
  checkBounds(bounds);
  checkPart(part, parts);
  const spaces = addressSpaces(bounds);
  const { calls, groups } = comparedOf(releases, bounds, reduce);
  const limits = limitsOf(bounds);
  const comparing = new Comparing(limitRanges, reduce);
  let done = 0;
  let transitions = 0;
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces.at(space);
    const pages = frameTokens(before, bounds.pages);
    const within = limitsIn(before, limits, bounds);
    done++;
    transitions += within.length * calls;
    for (const group of groups) comparing.makeAll(space, before, pages, within, group);
  }
  return { spaces: done, transitions, classes: comparing.classes.total() };
}

/** Parts put together; the order does not matter. */
export function addComparisons(a: Comparison, b: Comparison): Comparison {
  const classes = new Classes();
  for (const one of [...a.classes, ...b.classes]) {
    classes.of(one).add(one.count, one.headrooms, one.witness);
  }
  return {
    spaces: a.spaces + b.spaces,
    transitions: a.transitions + b.transitions,
    classes: classes.total(),
  };
}
