import type { Call } from '../model/calls.js';
import type { Plan } from '../model/plan.js';
import type { ArgumentClass } from './argument-classes.js';
import type { CallGroup } from './call-groups.js';
import type { Looks } from './looks.js';
import type { Segment, Slots } from './segments.js';

/** A call of an opening, or those that it stands for. */
export interface Follower {
  /** The number of its group. */
  readonly group: number;
  readonly plan: Plan;
  readonly one: ArgumentClass<Call>;
  readonly segments: readonly Segment[];
}

/**
 * Calls whose looks are followed by the same segment. Where that leads to the same address space, they go
 * on alike, wherever they began.
 */
export interface Opening {
  readonly number: number;
  readonly followers: readonly Follower[];
  /** The words of `Looks.passed` that tell which of them pass their looks, and of these the bits. */
  readonly words: readonly number[];
  readonly bits: readonly number[];
  /** Pages, half-open, of which it makes no difference to how they go on what the first segment leaves there. */
  readonly clears: Segment['clears'];
  /** Some have no looks. */
  readonly always: boolean;
}

/** What the second segments of all followers clear. */
function clearedBy(followers: readonly Follower[]): Segment['clears'] {
  const all = followers.map(({ segments }) => segments[1]?.clears);
  const [first] = all;
  const same = first !== undefined && all.every((c) => c?.[0] === first[0] && c[1] === first[1]);
  return same ? first : undefined;
}

function opening(number: number, followers: readonly Follower[], looks: Looks): Opening {
  const mask = looks.maskOf(followers.map(({ group }) => group));
  const words = [...mask.keys()].filter((word) => mask[word] !== 0);
  return {
    number,
    followers,
    words,
    bits: words.map((word) => mask[word] as number),
    clears: clearedBy(followers),
    always: followers.some(({ group }) => !looks.hasAny(group)),
  };
}

/** Whether any of its calls have passed their looks. */
export function isOpen({ words, bits, always }: Opening, passed: Int32Array): boolean {
  for (let k = 0; !always && k < words.length; k++) {
    if (((passed[words[k] as number] as number) & (bits[k] as number)) !== 0) return true;
  }
  return always;
}

/** The calls of some groups, given by their numbers, by the segments with which they begin behind their looks. */
export function openingsOf(
  groups: readonly CallGroup[],
  numbers: readonly number[],
  slots: Slots,
  looks: Looks,
): readonly Opening[] {
  const bySlot = new Map<number, Follower[]>();
  for (const group of numbers) {
    const { plan, looks: passed, members } = groups[group] as CallGroup;
    for (const one of members) {
      const segments = slots.cut(plan, passed, one.call);
      const { slot } = segments[0] as Segment;
      const followers = bySlot.get(slot) ?? [];
      bySlot.set(slot, followers);
      followers.push({ group, plan, one, segments });
    }
  }
  return [...bySlot.values()].map((followers, number) => opening(number, followers, looks));
}
