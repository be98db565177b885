import { removeWithin, type Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import { Recorder } from '../../model/recorder.js';
import { type Env, RUNNING } from '../../model/state.js';
import { canonical } from '../spaces.js';
import { type Effect, effectOf } from './effect.js';
import { KeptContinuations } from './kept-continuations.js';
import { UNKNOWN } from './lists.js';
import type { Looks } from './looks.js';
import type { Mirror } from './mirror.js';
import { type Follower, isAnyOpen, isOpen, type Opening } from './openings.js';
import { Outcomes } from './outcomes.js';
import type { Segment } from './segments.js';
import { callImages, SpaceNumbers } from './space-numbers.js';
import type { Successors } from './successors.js';
import { type Way, Ways } from './ways.js';

/** Address spaces that are remembered from state to state; when there are more, all are forgotten. */
const REMEMBERED = 1 << 18;

/** An address space without what the calls of an opening clear next. */
const withoutCleared = ({ clears }: Opening, vmas: Vmas): Vmas =>
  clears === undefined ? vmas : removeWithin(vmas, ...clears);

/** What calls are made in, and how. */
interface Setting {
  readonly limits: Env;
  /** That have looked at the state in which the calls begin. */
  readonly looks: Looks;
  readonly calls: readonly Call[];
  readonly mirror: Mirror | undefined;
  /** Somebody asks how many VMAs there are when a call has ended. */
  readonly keepsCounts: boolean;
}

/** How the calls of openings go on behind the segments that they share: known, or found out by running the rest. */
export class Continuations {
  readonly ways = new Ways();
  spaces: SpaceNumbers;
  private readonly kept: KeptContinuations;
  /** By the number of a call that of its mirror image. */
  private readonly images: Int32Array;
  /** For what is being found out of an opening, by its depth. */
  private readonly outcomes: Outcomes[] = [];
  private readonly recorder = new Recorder();

  constructor(private readonly setting: Setting) {
    this.images = callImages(setting.calls);
    this.kept = new KeptContinuations(this.images);
    this.spaces = new SpaceNumbers(setting.mirror);
  }

  /** Whether so much is known that it is to be forgotten. */
  get isFull(): boolean {
    return this.spaces.size > REMEMBERED || this.kept.isFull;
  }

  /** Forgets all, the numbers of address spaces too. What was used must have been taken. */
  forget(): void {
    this.spaces = new SpaceNumbers(this.setting.mirror);
    this.kept.forget();
  }

  /** What the segment does that the calls of an opening share. */
  run({ segment, followers }: Opening, vmas: Vmas): Effect {
    return this.effect(segment, followers[0] as Follower, vmas);
  }

  /**
   * The calls of an opening go on from what their segment has left of a state.
   *
   * @param count VMAs of the state
   * @param successors what they lead to is added to
   * @param tell if there is one, told how they end
   */
  use(
    opening: Opening,
    count: number,
    vmas: Vmas,
    successors: Successors,
    tell: Outcomes['end'] | undefined,
  ): void {
    const { kept, spaces } = this;
    const left = withoutCleared(opening, vmas);
    const space = spaces.add(left);
    const at = this.from(opening, space);
    const mirrored = space !== spaces.firstOf(space);
    kept.use(at, left.length - count, vmas.length - left.length, mirrored, successors);
    if (tell !== undefined) kept.eachEnd(at, mirrored, tell);
  }

  /** How calls ended, and how many, in what was used since that was asked last. */
  takeEnds(tell: (way: Way, times: number) => void): void {
    this.kept.takeEnds((way, times) => tell(this.ways.at(way), times));
  }

  /** Highest rise of map_count in what was used since that was asked last. */
  takeHighest(): number {
    return this.kept.takeHighest();
  }

  /**
   * How calls go on from an address space without what they clear; or how their mirror images do, if that is
   * the second of an address space and its mirror image.
   */
  private from(opening: Opening, left: number): number {
    const { kept, spaces } = this;
    const { passed } = this.setting.looks;
    const space = spaces.firstOf(left);
    const known = kept.find(space, opening, passed);
    if (known !== UNKNOWN) return known;
    this.outcomes[opening.depth] ??= new Outcomes();
    const found = this.outcomes[opening.depth] as Outcomes;
    found.begin();
    this.goOn(opening, spaces.get(space), 0, undefined, found);
    return kept.add(space, opening, passed, found);
  }

  private effect(segment: Segment, { plan, one }: Follower, vmas: Vmas): Effect {
    const { returns } = segment;
    if (returns !== undefined) return { result: returns, passed: 0, rise: 0, vmas };
    return effectOf(this.setting.limits, vmas, plan, segment, one.call, this.recorder);
  }

  /**
   * Gathers where calls lead and how they end.
   *
   * @param above how many VMAs there are more than where that is counted from
   * @param counts as of the segment with which they went on from there, if they are behind it
   */
  private goOn(
    { depth, ending, further }: Opening,
    left: Vmas,
    above: number,
    counts: boolean | undefined,
    outcomes: Outcomes,
  ): void {
    const { passed } = this.setting.looks;
    for (const follower of ending) {
      if (!isOpen(follower, passed)) continue;
      const last = follower.segments[depth + 1] as Segment;
      const effect = this.effect(last, follower, left);
      outcomes.rose(above + effect.rise, counts ?? last.countsCleared);
      this.gather(follower, last, effect, outcomes);
    }
    for (const next of further) {
      if (!isAnyOpen(next, passed)) continue;
      const counted = counts ?? next.segment.countsCleared;
      const effect = this.run(next, left);
      outcomes.rose(above + effect.rise, counted);
      if (effect.result === RUNNING) {
        this.goOnBehind(next, effect.vmas, above - left.length, counted, outcomes);
      } else this.gatherAll(next, effect, outcomes);
    }
  }

  /** The same behind the segment that the calls of an opening share. */
  private goOnBehind(
    opening: Opening,
    vmas: Vmas,
    base: number,
    counted: boolean,
    outcomes: Outcomes,
  ): void {
    const left = withoutCleared(opening, vmas);
    const above = base + left.length;
    if (opening.clears === undefined) {
      // Nothing is cleared, so nothing was found out elsewhere.
      this.goOn(opening, left, above, counted, outcomes);
      return;
    }
    const { kept, spaces } = this;
    const space = spaces.add(left);
    const at = this.from(opening, space);
    const mirrored = space !== spaces.firstOf(space);
    outcomes.rose(above + kept.riseOf(at, vmas.length - left.length), counted);
    kept.leadsIn(at, mirrored, outcomes.leads);
    kept.eachEnd(at, mirrored, outcomes.end);
  }

  private gather(
    { plan, one }: Follower,
    { from }: Segment,
    { result, passed, vmas }: Effect,
    outcomes: Outcomes,
  ): void {
    outcomes.leads.add(this.spaces.add(canonical(vmas)), one.index);
    const mapCount = this.setting.keepsCounts ? vmas.length : 0;
    const way = this.ways.numberOf(plan, from + passed, result, mapCount);
    outcomes.end(way, one.size, one.index, this.images[one.index] as number);
  }

  /** The segment that the calls of an opening share has ended them. */
  private gatherAll({ followers, depth }: Opening, effect: Effect, outcomes: Outcomes): void {
    for (const follower of followers) {
      if (!isOpen(follower, this.setting.looks.passed)) continue;
      this.gather(follower, follower.segments[depth] as Segment, effect, outcomes);
    }
  }
}
