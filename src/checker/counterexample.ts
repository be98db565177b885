import type { Invariant, Transition } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine } from '../model/plan.js';
import { type MicroStep, observe, run } from '../model/run.js';
import { type Env, env } from '../model/state.js';
import type { EnumerateBounds, ReachBounds, SpaceBounds } from './bounds.js';
import { type CallBounds, callsOf } from './calls.js';
import type { Finding, Witness } from './findings.js';
import { firstBuilt } from './first-built.js';
import type { HistorySearch } from './history.js';
import type { ReachFinding } from './reach/reach.js';
import { canonical } from './spaces.js';

/** A call with all that is needed to understand and to repeat it. */
export interface ShownCall {
  readonly release: string;
  /** What is wrong, or worth a look, in words. */
  readonly explanation: string;
  /** Pages of the window. */
  readonly pages: number;
  /** max_map_count when the call is made. */
  readonly limit: number;
  /** All limits that it meets. */
  readonly within: Env;
  /** Calls that build the address space. */
  readonly history: HistorySearch;
  /** Whether the limit was there from the start (reach), or is set when the address space is built (enumerate). */
  readonly limitedFromStart: boolean;
  readonly before: Vmas;
  readonly call: Call;
  readonly outcome: Outcome;
  /** The call step by step. */
  readonly micro: readonly MicroStep[];
}

/** A call that breaks an invariant. */
export interface Counterexample extends ShownCall {
  readonly invariant: string;
}

/** The call made once more, with every step noted; what there is to say of it is left to others. */
function observed(
  on: Machine,
  before: Vmas,
  call: Call,
  within: Env,
  failing: readonly number[],
): Pick<ShownCall, 'outcome' | 'micro'> & { readonly transition: Transition } {
  const pages = frameTokens(before, within.taskEnd);
  const { outcome, micro } = observe(on, within, before, pages, call, failing);
  return { outcome, micro, transition: { on, env: within, before, pages, call, outcome } };
}

function assemble(
  on: Machine,
  invariant: Invariant,
  before: Vmas,
  call: Call,
  within: Env,
  failing: readonly number[],
  history: HistorySearch,
  limitedFromStart: boolean,
): Counterexample {
  const { outcome, micro, transition } = observed(on, before, call, within, failing);
  if (invariant.holds(transition)) {
    throw new Error(`${invariant.id} is kept by a call that was found to break it`);
  }
  return {
    release: on.release.id,
    invariant: invariant.id,
    explanation: invariant.explain(transition),
    pages: within.taskEnd,
    limit: within.maxMapCount,
    within,
    history,
    limitedFromStart,
    before,
    call,
    outcome,
    micro,
  };
}

/** Where an enumeration makes a call. */
type Place = Pick<Witness, 'space' | 'call' | 'limit'>;

const callAt = (bounds: CallBounds, { call }: Place): Call => {
  const found = callsOf(bounds)[call];
  if (found === undefined) throw new Error('a witness out of bounds');
  return found;
};

/**
 * The smallest counterexample of an enumeration whose address space a sequence of calls builds; if
 * none of the kept ones has one, the smallest of all.
 */
export function fromEnumeration(
  on: Machine,
  bounds: EnumerateBounds,
  invariant: Invariant,
  { witnesses }: Pick<Finding, 'witnesses'>,
): Counterexample | undefined {
  const built = firstBuilt(on, bounds, witnesses);
  if (built === undefined) return undefined;
  const { place, before, history } = built;
  const within = env(place.limit, bounds.pages, bounds.resources);
  const call = callAt(bounds, place);
  return assemble(on, invariant, before, call, within, place.failing, history, false);
}

/**
 * A call of an enumeration that breaks nothing, drawn for what it does.
 *
 * @param places where it may be made, best first
 */
export function shownCall(
  on: Machine,
  bounds: SpaceBounds & CallBounds,
  places: readonly Place[],
  explanation: string,
): ShownCall | undefined {
  const built = firstBuilt(on, bounds, places);
  if (built === undefined) return undefined;
  const { place, before, history } = built;
  const { limit } = place;
  const within = env(limit, bounds.pages);
  const call = callAt(bounds, place);
  const { outcome, micro } = observed(on, before, call, within, []);
  return {
    release: on.release.id,
    explanation,
    pages: bounds.pages,
    limit,
    within,
    history,
    limitedFromStart: false,
    before,
    call,
    outcome,
    micro,
  };
}

/** The counterexample of a reach search: its history is a shortest one. */
export function fromReach(
  on: Machine,
  bounds: ReachBounds,
  invariant: Invariant,
  finding: ReachFinding,
): Counterexample | undefined {
  const call = finding.path?.at(-1);
  if (finding.path === undefined || call === undefined) return undefined;
  const history = finding.path.slice(0, -1);
  const limits = env(bounds.limit, bounds.pages, { mmapCap: bounds.mmapCap });
  const before = history.reduce<Vmas>(
    (vmas, made) => canonical(run(on, limits, vmas, frameTokens(vmas, bounds.pages), made).vmas),
    [],
  );
  const found = { calls: history, exhausted: true, states: 0 };
  return assemble(on, invariant, before, call, limits, [], found, true);
}
