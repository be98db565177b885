import type { Transition } from '../invariants/invariant.js';
import { isUntouched, samePages, sameVmas } from '../invariants/untouched.js';
import type { Vmas } from '../model/address-space.js';
import type { MremapCall } from '../model/calls.js';
import { errnoName } from '../model/errno.js';
import type { Machine, Plan } from '../model/plan.js';
import { type Outcome, Recorder, refusedAtSight, runPlan } from '../model/run.js';
import type { Env, Pages } from '../model/state.js';
import { type ArgumentClass, argumentClasses, singleClasses } from './argument-classes.js';
import type { EnumerateBounds } from './bounds.js';
import { groupedAlike } from './call-groups.js';
import { mremapCalls } from './calls.js';
import { byRank, limitsOf, type SearchOptions, type Witness } from './enumerate.js';
import { callShape } from './shape.js';
import { addressSpaces, frameTokens } from './spaces.js';
import { causesOf } from './tally.js';

/** Calls whose outcome two releases differ in, alike to a caller. */
export interface BehaviourClass {
  readonly shape: string;
  /** Outcome in the first release, and in the second. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Least and greatest max_map_count - map_count at which it happens. */
  readonly headroom: readonly [number, number];
  /** The smallest. */
  readonly witness: Witness;
}

export interface Comparison {
  readonly spaces: number;
  readonly transitions: number;
  readonly classes: readonly BehaviourClass[];
}

function seenByCaller(transition: Transition): string {
  const { result } = transition.outcome;
  if (result >= 0) return 'ok';
  return `${errnoName(-result)}${isUntouched(transition) ? '' : ', address space changed'}`;
}

const sameOutcome = (a: Outcome, b: Outcome): boolean =>
  a.result === b.result && sameVmas(a.vmas, b.vmas) && samePages(a.pages, b.pages);

const keyOf = ({ shape, from, to }: BehaviourClass): string => `${shape}|${from}|${to}`;

function joined(a: BehaviourClass, b: BehaviourClass): BehaviourClass {
  return {
    ...a,
    count: a.count + b.count,
    headroom: [Math.min(a.headroom[0], b.headroom[0]), Math.max(a.headroom[1], b.headroom[1])],
    witness: byRank(a.witness, b.witness) <= 0 ? a.witness : b.witness,
  };
}

function classesOf(all: Iterable<BehaviourClass>): BehaviourClass[] {
  const classes = new Map<string, BehaviourClass>();
  for (const one of all) {
    const key = keyOf(one);
    const other = classes.get(key);
    classes.set(key, other === undefined ? one : joined(other, one));
  }
  return [...classes.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Two releases side by side. */
class Comparing {
  readonly classes = new Map<string, BehaviourClass>();
  private readonly recorders = [new Recorder(), new Recorder()] as const;

  constructor(
    private readonly on: readonly [Machine, Machine],
    private readonly limits: readonly Env[],
    private readonly limitRanges: boolean,
    private readonly groups: boolean,
  ) {}

  /** Every call of the group under each limit. */
  makeAll(
    space: number,
    before: Vmas,
    pages: Pages,
    group: readonly ArgumentClass<MremapCall>[],
  ): void {
    const open = this.openLimits(before, pages, group[0] as ArgumentClass<MremapCall>);
    if (open.length === 0) return;
    for (const one of group) this.make(space, before, pages, one, open);
  }

  /** The limits under which calls that begin as this one are not refused at sight, and alike, on both releases. */
  private openLimits(
    before: Vmas,
    pages: Pages,
    { call, plans }: ArgumentClass<MremapCall>,
  ): readonly Env[] {
    if (!this.groups) return this.limits;
    const [mine, yours] = this.recorders;
    const [a, b] = plans as readonly [Plan, Plan];
    let to = -1;
    let alike = false;
    return this.limits.filter((limits) => {
      if (limits.maxMapCount > to) {
        mine.clear();
        yours.clear();
        const first = refusedAtSight(a, a.looks, limits, before, pages, call, mine);
        const second = refusedAtSight(b, b.looks, limits, before, pages, call, yours);
        to = this.limitRanges ? Math.min(mine.to, yours.to) : limits.maxMapCount;
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
    one: ArgumentClass<MremapCall>,
    open: readonly Env[],
  ): void {
    const [first, second] = this.on;
    const [mine, yours] = this.recorders;
    const { call } = one;
    let to = -1;
    let from = '';
    let into = '';
    let differs = false;
    for (const limits of open) {
      if (limits.maxMapCount > to) {
        mine.clear();
        yours.clear();
        const a = runPlan(one.plans[0] as Plan, limits, before, pages, call, mine);
        const b = runPlan(one.plans[1] as Plan, limits, before, pages, call, yours);
        to = this.limitRanges ? Math.min(mine.to, yours.to) : limits.maxMapCount;
        differs = !sameOutcome(a, b);
        from = differs
          ? seenByCaller({ on: first, env: limits, before, pages, call, outcome: a })
          : '';
        into = differs
          ? seenByCaller({ on: second, env: limits, before, pages, call, outcome: b })
          : '';
      }
      if (differs) this.note(space, limits.maxMapCount - before.length, limits, one, [from, into]);
    }
  }

  private note(
    space: number,
    headroom: number,
    { maxMapCount }: Env,
    { call, index, size }: ArgumentClass<MremapCall>,
    [from, to]: readonly [string, string],
  ): void {
    const one: BehaviourClass = {
      shape: callShape(call),
      from,
      to: from === to ? `${to}, other VMAs` : to,
      count: size,
      headroom: [headroom, headroom],
      witness: { space, call: index, limit: maxMapCount, failing: [], aboveLimit: headroom < 0 },
    };
    const key = keyOf(one);
    const other = this.classes.get(key);
    this.classes.set(key, other === undefined ? one : joined(other, one));
  }
}

/** The calls that are compared: mremap() alone. */
export const comparedCalls = (bounds: EnumerateBounds): MremapCall[] =>
  mremapCalls(bounds.pages, bounds.mremap);

/** What the parts of one comparison have in common. */
interface Compared {
  readonly on: readonly [Machine, Machine];
  readonly calls: number;
  readonly groups: readonly (readonly ArgumentClass<MremapCall>[])[];
}

let latest:
  | { readonly releases: readonly Machine[]; readonly key: string; readonly compared: Compared }
  | undefined;

/** Parts of one comparison ask for the same again and again. */
function comparedOf(
  releases: readonly [Machine, Machine],
  bounds: EnumerateBounds,
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
  bounds: EnumerateBounds,
  reduce: boolean,
): Compared {
  const calls = comparedCalls(bounds);
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
  bounds: EnumerateBounds,
  { part = 0, parts = 1, argumentClasses: reduce = true, limitRanges = true }: SearchOptions = {},
): Comparison {
  const spaces = addressSpaces(bounds);
  const { on, calls, groups } = comparedOf(releases, bounds, reduce);
  const limits = limitsOf(bounds);
  const comparing = new Comparing(on, limits, limitRanges, reduce);
  let done = 0;
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces.at(space);
    const pages = frameTokens(before, bounds.pages);
    done++;
    for (const group of groups) comparing.makeAll(space, before, pages, group);
  }
  const transitions = done * limits.length * calls;
  return { spaces: done, transitions, classes: classesOf(comparing.classes.values()) };
}

/** Parts put together; the order does not matter. */
export const addComparisons = (a: Comparison, b: Comparison): Comparison => ({
  spaces: a.spaces + b.spaces,
  transitions: a.transitions + b.transitions,
  classes: classesOf([...a.classes, ...b.classes]),
});
