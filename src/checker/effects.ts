import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Plan } from '../model/plan.js';
import { Recorder, runPart } from '../model/run.js';
import { type Env, NOT_FOLLOWED, RUNNING, stateOf } from '../model/state.js';
import type { Segment } from './segments.js';
import { StateStore } from './state-store.js';

/** Effects of segments behind the first that are kept; when there are more, all of them are forgotten. */
const KEPT = 1 << 18;

/** A record is as long as half a cache line, and what is asked for together is together. */
const RECORD = 8;
const KEY_SPACE = 0;
const KEY_SLOT = 1;
const RESULT = 2;
const PASSED = 3;
const RISE = 4;
const COUNT = 5;
const SUCCESSOR = 6;
const SPACE = 7;

const NONE = -1;

/** In place of an effect where none was asked for. */
export const NO_EFFECT = -1;

/**
 * What segments do, each run once in an address space and looked up from then on: a call that first
 * unmaps a range goes on in an address space that many others come to as well. An effect is a number, the
 * place of a record, since there are millions.
 */
export class Effects {
  /** A hash table by address space and slot; behind it those of first segments, by their slots. */
  private readonly records: Int32Array;
  private readonly mask = 2 * KEPT - 1;
  private size = 0;
  private spaces = new StateStore();
  private readonly recorder = new Recorder();
  /** What the effect that was run last leaves behind. */
  private latest: Vmas = [];

  /** @param slots how many there are; without any nothing is looked up */
  constructor(
    private readonly limits: Env,
    slots: number,
  ) {
    const places = slots === 0 ? 0 : 2 * KEPT + slots;
    this.records = new Int32Array(places * RECORD).fill(NONE);
  }

  /** As in `State`: running if the call goes on behind the segment. */
  result(effect: number): number {
    return this.records[effect + RESULT] as number;
  }

  /** Steps of the segment that passed. */
  passed(effect: number): number {
    return this.records[effect + PASSED] as number;
  }

  /** Highest rise of map_count in it. */
  rise(effect: number): number {
    return this.records[effect + RISE] as number;
  }

  /** VMAs that it leaves behind. */
  count(effect: number): number {
    return this.records[effect + COUNT] as number;
  }

  /** The state that a call with this end leads to, -1 until that is noted. */
  successor(effect: number): number {
    return this.records[effect + SUCCESSOR] as number;
  }

  noteSuccessor(effect: number, state: number): void {
    this.records[effect + SUCCESSOR] = state;
  }

  /** The address space that an effect leaves behind, of the one that was looked up last. */
  kept(effect: number): Vmas {
    const space = this.records[effect + SPACE] as number;
    if (space !== NONE) return this.spaces.get(space);
    this.records[effect + SPACE] = this.spaces.add(this.latest);
    return this.latest;
  }

  /**
   * The effect of a segment that a call begins with.
   *
   * @param state tells the address space from others
   */
  ofFirst(state: number, before: Vmas, plan: Plan, segment: Segment, call: Call): number {
    const effect = (this.mask + 1 + segment.slot) * RECORD;
    if (this.records[effect] !== state) this.put(effect, state, before, plan, segment, call);
    return effect;
  }

  /** The effect of a segment in what another has left behind. */
  ofNext(before: number, plan: Plan, segment: Segment, call: Call): number {
    const { records, mask } = this;
    const space = records[before + SPACE] as number;
    const { slot } = segment;
    let at = Math.imul(space, 0x9e3779b1) ^ Math.imul(slot, 0x85ebca6b);
    at = (at ^ (at >>> 15)) & mask;
    for (; records[at * RECORD] !== NONE; at = (at + 1) & mask) {
      const effect = at * RECORD;
      if (records[effect + KEY_SPACE] === space && records[effect + KEY_SLOT] === slot)
        return effect;
    }
    this.size++;
    this.put(at * RECORD, space, this.spaces.get(space), plan, segment, call);
    return at * RECORD;
  }

  /** Makes room for so many more effects; no effect may be in use. */
  makeRoom(needed: number): void {
    if (this.size + needed > KEPT || this.spaces.size + needed > KEPT) this.forget();
  }

  forget(): void {
    this.records.fill(NONE);
    this.spaces = new StateStore();
    this.size = 0;
  }

  private put(
    effect: number,
    space: number,
    before: Vmas,
    plan: Plan,
    { from, to, ranges, slot }: Segment,
    call: Call,
  ): void {
    const { records, recorder } = this;
    const state = stateOf(this.limits, before, NOT_FOLLOWED, call, ranges);
    const { result, vmas } = runPart(plan, from, to, state, recorder);
    this.latest = vmas;
    records[effect + KEY_SPACE] = space;
    records[effect + KEY_SLOT] = slot;
    records[effect + RESULT] = result;
    records[effect + PASSED] = recorder.at - from;
    records[effect + RISE] = recorder.peak - before.length;
    records[effect + COUNT] = vmas.length;
    records[effect + SUCCESSOR] = NONE;
    records[effect + SPACE] = result === RUNNING ? this.spaces.add(vmas) : NONE;
  }
}
