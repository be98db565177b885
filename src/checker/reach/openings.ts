import type { Call } from '../../model/calls.js';
import type { Plan } from '../../model/plan.js';
import type { ArgumentClass } from '../argument-classes.js';
import type { CallGroup } from '../call-groups.js';
import type { Looks } from './looks.js';
import type { Segment, Slots } from './segments.js';

/** A call of an opening, or those that it stands for. */
export interface Follower {
  /** The number of its group. */
  readonly group: number;
  /** Where `Looks.passed` tells whether it has passed its looks. */
  readonly word: number;
  readonly bit: number;
  readonly plan: Plan;
  readonly one: ArgumentClass<Call>;
  /** All of them, that of the opening and those before it included. */
  readonly segments: readonly Segment[];
}

/**
 * Calls that are alike behind their looks up to a segment that they share. Where that leads to the same
 * address space, they go on alike, wherever they began.
 */
export interface Opening {
  readonly number: number;
  /** How many segments come before the one that they share. */
  readonly depth: number;
  /** That of the first of them; of the others it may have other places in the plan. */
  readonly segment: Segment;
  readonly followers: readonly Follower[];
  /** Those of which one segment is left. */
  readonly ending: readonly Follower[];
  /** The others, by the segments that come next. */
  readonly further: readonly Opening[];
  /** The words of `Looks.passed` that tell which followers have passed their looks, and of these the bits. */
  readonly words: readonly number[];
  readonly bits: readonly number[];
  /** Pages, half-open, of which it makes no difference to how they go on what the segment leaves there. */
  readonly clears: Segment['clears'];
}

/** What the next segments of all followers clear. */
function clearedBy(followers: readonly Follower[], depth: number): Segment['clears'] {
  const all = followers.map(({ segments }) => segments[depth + 1]?.clears);
  const [first] = all;
  const same = first !== undefined && all.every((c) => c?.[0] === first[0] && c[1] === first[1]);
  return same ? first : undefined;
}

/** Whether a call, or those that it stands for, has passed its looks. */
export const isOpen = ({ word, bit }: Follower, passed: Int32Array): boolean =>
  ((passed[word] as number) & bit) !== 0;

/** Whether any calls of an opening have. */
export function isAnyOpen({ words, bits }: Opening, passed: Int32Array): boolean {
  for (let k = 0; k < words.length; k++) {
    if (((passed[words[k] as number] as number) & (bits[k] as number)) !== 0) return true;
  }
  return false;
}

/** Makes openings, each with a number of its own. */
class Openings {
  private count = 0;

  /** Followers that are alike before a segment, by that. */
  by(depth: number, alike: readonly Follower[]): Opening[] {
    const bySlot = new Map<number, Follower[]>();
    for (const follower of alike) {
      const { slot } = follower.segments[depth] as Segment;
      const followers = bySlot.get(slot) ?? [];
      bySlot.set(slot, followers);
      followers.push(follower);
    }
    return [...bySlot.values()].map((followers) => this.opening(depth, followers));
  }

  private opening(depth: number, followers: readonly Follower[]): Opening {
    const bits = new Map<number, number>();
    for (const { word, bit } of followers) bits.set(word, (bits.get(word) ?? 0) | bit);
    const left = (follower: Follower): number => follower.segments.length - depth - 1;
    return {
      number: this.count++,
      depth,
      segment: followers[0]?.segments[depth] as Segment,
      followers,
      ending: followers.filter((follower) => left(follower) === 1),
      further: this.by(
        depth + 1,
        followers.filter((follower) => left(follower) > 1),
      ),
      words: [...bits.keys()],
      bits: [...bits.values()],
      clears: clearedBy(followers, depth),
    };
  }
}

/** The calls of some groups, given by their numbers, by the segments with which they begin behind their looks. */
export function openingsOf(
  groups: readonly CallGroup[],
  numbers: readonly number[],
  slots: Slots,
  looks: Looks,
): readonly Opening[] {
  const followers = numbers.flatMap((group) => {
    const { plan, looks: passed, members } = groups[group] as CallGroup;
    return members.map((one) => ({
      group,
      ...looks.placeOf(group),
      plan,
      one,
      segments: slots.cut(plan, passed, one.call),
    }));
  });
  return new Openings().by(0, followers);
}
