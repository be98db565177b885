import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import { seenBy } from '../../model/plan.js';
import {
  type Env,
  NOT_FOLLOWED,
  type Ranges,
  RUNNING,
  rangesOf,
  stateOf,
} from '../../model/state.js';
import type { Step } from '../../model/step.js';
import type { CallGroup } from '../call-groups.js';

/** A step that only looks, of calls that are alike up to there. */
interface Look {
  readonly run: Step['run'];
  /** One of the calls. */
  readonly call: Call;
  readonly ranges: Ranges;
  /** Its place in the plans of all these calls. */
  readonly place: number;
  /** The first look that is not below it. */
  behind: number;
  /** Groups of whose looks it is one. */
  readonly groups: readonly number[];
  /** By result, how often it has refused. */
  readonly refusals: Map<number, number>;
}

/** Calls that a look refuses. */
export interface Refusal {
  readonly groups: readonly number[];
  /** The place of the look in the plans of all these calls. */
  readonly place: number;
  /** The errno, negated. */
  readonly result: number;
}

/** The bit of calls that begin with something else than a look; it is always set. */
const NO_LOOK = 0;

/**
 * The looks with which calls begin, as a tree, parents first: what many calls look at is looked at once
 * in an address space.
 */
export class Looks {
  private readonly looks: Look[] = [];
  /** By group, the bit of the last look of its calls. */
  private readonly bitOf: Int32Array;
  /** What refused in the address space looked at last. */
  private refused: { readonly look: number; readonly result: number }[] = [];
  /** What the address space looked at last has passed: a bit for each look, behind one that is always set. */
  readonly passed: Int32Array;
  /** How often each bit was set. */
  private readonly passes: Float64Array;

  constructor(groups: readonly CallGroup[]) {
    this.bitOf = new Int32Array(groups.length);
    this.plant(groups, [...groups.keys()], 0, NO_LOOK);
    const bits = this.looks.length + 1;
    this.passes = new Float64Array(bits);
    this.passed = new Int32Array((bits + 31) >> 5);
  }

  /** Adds what some groups, alike so far, do at one place. */
  private plant(
    groups: readonly CallGroup[],
    alike: readonly number[],
    place: number,
    bit: number,
  ): void {
    const next = new Map<Step, Map<string, number[]>>();
    for (const group of alike) {
      const { plan, looks, members } = groups[group] as CallGroup;
      if (place === looks) {
        this.bitOf[group] = bit;
        continue;
      }
      const step = plan.steps[place] as Step;
      const seen = seenBy(step, (members[0] as { readonly call: Call }).call);
      const byWhatIsSeen = next.get(step) ?? new Map<string, number[]>();
      next.set(step, byWhatIsSeen);
      byWhatIsSeen.set(seen, [...(byWhatIsSeen.get(seen) ?? []), group]);
    }
    for (const [step, byWhatIsSeen] of next) {
      for (const same of byWhatIsSeen.values()) {
        const { members } = groups[same[0] as number] as CallGroup;
        const { call } = members[0] as { readonly call: Call };
        const look: Look = {
          run: step.run,
          call,
          ranges: rangesOf(call),
          place,
          behind: 0,
          groups: same,
          refusals: new Map(),
        };
        this.plant(groups, same, place + 1, this.looks.push(look));
        look.behind = this.looks.length;
      }
    }
  }

  /** Looks at one address space. */
  look(limits: Env, vmas: Vmas): void {
    const { looks, passes, passed } = this;
    passed.fill(0);
    passed[0] = 1;
    passes[NO_LOOK] = (passes[NO_LOOK] as number) + 1;
    this.refused = [];
    for (let i = 0; i < looks.length; ) {
      const { run, call, ranges, refusals, behind } = looks[i] as Look;
      const { result } = run(stateOf(limits, vmas, NOT_FOLLOWED, call, ranges));
      if (result === RUNNING) {
        const bit = ++i;
        passed[bit >> 5] = (passed[bit >> 5] as number) | (1 << (bit & 31));
        passes[bit] = (passes[bit] as number) + 1;
      } else {
        refusals.set(result, (refusals.get(result) ?? 0) + 1);
        this.refused.push({ look: i, result });
        i = behind;
      }
    }
  }

  /** Whether the calls of a group have passed all their looks at the address space looked at last. */
  passesAll(group: number): boolean {
    const { word, bit } = this.placeOf(group);
    return ((this.passed[word] as number) & bit) !== 0;
  }

  /** The word of `passed`, and the bit in it, that tell whether the calls of a group pass all their looks. */
  placeOf(group: number): { readonly word: number; readonly bit: number } {
    const bit = this.bitOf[group] as number;
    return { word: bit >> 5, bit: 1 << (bit & 31) };
  }

  /** How often each group has passed all its looks since that was asked last. */
  takePasses(): Float64Array {
    const { bitOf, passes } = this;
    const taken = Float64Array.from(bitOf, (bit) => passes[bit] as number);
    passes.fill(0);
    return taken;
  }

  /** What is refused in the address space looked at last. */
  refusals(): Refusal[] {
    return this.refused.map(({ look, result }) => this.refusal(look, result));
  }

  private refusal(look: number, result: number): Refusal {
    const { groups, place } = this.looks[look] as Look;
    return { groups, place, result };
  }

  /** What was refused since that was asked last, and how often. */
  *takeRefusals(): Generator<Refusal & { readonly times: number }> {
    for (const [look, { refusals }] of this.looks.entries()) {
      for (const [result, times] of refusals) yield { ...this.refusal(look, result), times };
      refusals.clear();
    }
  }
}
