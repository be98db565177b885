import { isUntouched, samePages, sameVmas } from '../invariants/untouched.js';
import type { Vmas } from '../model/address-space.js';
import type { MremapCall } from '../model/calls.js';
import { errnoName } from '../model/errno.js';
import { type Machine, type Outcome, run } from '../model/run.js';
import { type Env, env, type Pages } from '../model/state.js';
import { argumentClasses } from './argument-classes.js';
import type { EnumerateBounds } from './bounds.js';
import { mremapCalls } from './calls.js';
import type { Witness } from './enumerate.js';
import { callShape } from './shape.js';
import { addressSpaces, frameTokens } from './spaces.js';

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

function seenByCaller(
  on: Machine,
  limits: Env,
  before: Vmas,
  pages: Pages,
  call: MremapCall,
  outcome: Outcome,
): string {
  if (outcome.result >= 0) return 'ok';
  const untouched = isUntouched({ on, env: limits, before, pages, call, outcome });
  return `${errnoName(-outcome.result)}${untouched ? '' : ', address space changed'}`;
}

const sameOutcome = (a: Outcome, b: Outcome): boolean =>
  a.result === b.result && sameVmas(a.vmas, b.vmas) && samePages(a.pages, b.pages);

const rank = (a: Witness, b: Witness): number =>
  Number(a.aboveLimit) - Number(b.aboveLimit) ||
  a.space - b.space ||
  a.call - b.call ||
  a.limit - b.limit;

const keyOf = ({ shape, from, to }: BehaviourClass): string => `${shape}|${from}|${to}`;

function joined(a: BehaviourClass, b: BehaviourClass): BehaviourClass {
  return {
    ...a,
    count: a.count + b.count,
    headroom: [Math.min(a.headroom[0], b.headroom[0]), Math.max(a.headroom[1], b.headroom[1])],
    witness: rank(a.witness, b.witness) <= 0 ? a.witness : b.witness,
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

/** Makes every call of the bounds on two releases and groups the outcomes that differ. */
export function comparePart(
  [first, second]: readonly [Machine, Machine],
  bounds: EnumerateBounds,
  part = 0,
  parts = 1,
): Comparison {
  const spaces = addressSpaces(bounds);
  const calls = mremapCalls(bounds.pages, bounds.mremap);
  const classes = argumentClasses([first, second], calls, bounds.pages, callShape);
  const differing = new Map<string, BehaviourClass>();
  const [least, greatest] = bounds.limits;
  let done = 0;
  for (let space = part; space < spaces.length; space += parts) {
    const before = spaces[space] ?? [];
    const pages = frameTokens(before, bounds.pages);
    done++;
    for (let limit = least; limit <= greatest; limit++) {
      const limits = env(limit, bounds.pages);
      for (const { call, index, size } of classes) {
        const a = run(first, limits, before, pages, call);
        const b = run(second, limits, before, pages, call);
        if (sameOutcome(a, b)) continue;
        const from = seenByCaller(first, limits, before, pages, call, a);
        const to = seenByCaller(second, limits, before, pages, call, b);
        const headroom = limit - before.length;
        const one: BehaviourClass = {
          shape: callShape(call),
          from,
          to: from === to ? `${to}, other VMAs` : to,
          count: size,
          headroom: [headroom, headroom],
          witness: { space, call: index, limit, aboveLimit: headroom < 0 },
        };
        const key = keyOf(one);
        const other = differing.get(key);
        differing.set(key, other === undefined ? one : joined(other, one));
      }
    }
  }
  const transitions = done * (greatest - least + 1) * calls.length;
  return { spaces: done, transitions, classes: classesOf(differing.values()) };
}

/** Parts put together; the order does not matter. */
export const addComparisons = (a: Comparison, b: Comparison): Comparison => ({
  spaces: a.spaces + b.spaces,
  transitions: a.transitions + b.transitions,
  classes: classesOf([...a.classes, ...b.classes]),
});
