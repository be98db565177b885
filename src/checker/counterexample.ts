import type { Invariant } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { type Machine, type MicroStep, type Outcome, observe, run } from '../model/run.js';
import { type Env, env } from '../model/state.js';
import type { EnumerateBounds, ReachBounds } from './bounds.js';
import { callsOf } from './calls.js';
import type { Finding, Witness } from './enumerate.js';
import { findHistory, type HistorySearch } from './history.js';
import type { ReachFinding } from './reach.js';
import { addressSpaces, canonical, frameTokens } from './spaces.js';

/** A call that breaks an invariant, with all that is needed to understand and to repeat it. */
export interface Counterexample {
  readonly release: string;
  readonly invariant: string;
  /** What is wrong, in words. */
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
  const pages = frameTokens(before, within.taskEnd);
  const { outcome, micro } = observe(on, within, before, pages, call, failing);
  const transition = { on, env: within, before, pages, call, outcome };
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

/**
 * The smallest counterexample of an enumeration whose address space a sequence of calls builds; if
 * none of the kept ones has one, the smallest of all.
 */
export function fromEnumeration(
  on: Machine,
  bounds: EnumerateBounds,
  invariant: Invariant,
  finding: Finding,
): Counterexample | undefined {
  const spaces = addressSpaces(bounds);
  const calls = callsOf(bounds);
  const build = (witness: Witness, history: HistorySearch): Counterexample => {
    const before = spaces.at(witness.space);
    const call = calls[witness.call];
    if (call === undefined) throw new Error('a witness out of bounds');
    return assemble(
      on,
      invariant,
      before,
      call,
      env(witness.limit, bounds.pages, bounds.resources),
      witness.failing,
      history,
      false,
    );
  };
  let smallest: Counterexample | undefined;
  for (const witness of finding.witnesses) {
    const history = findHistory(on, spaces.at(witness.space), bounds.pages);
    if (history.calls !== undefined) return build(witness, history);
    smallest ??= build(witness, history);
  }
  return smallest;
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
