import type { Invariant } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { type Machine, type MicroStep, type Outcome, observe, run } from '../model/run.js';
import { env } from '../model/state.js';
import type { EnumerateBounds, ReachBounds } from './bounds.js';
import { mremapCalls } from './calls.js';
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
  limits: { readonly pages: number; readonly limit: number; readonly mmapCap?: number },
  history: HistorySearch,
  limitedFromStart: boolean,
): Counterexample {
  const within = env(limits.limit, limits.pages, limits.mmapCap);
  const pages = frameTokens(before, limits.pages);
  const { outcome, micro } = observe(on, within, before, pages, call);
  const transition = { on, env: within, before, pages, call, outcome };
  if (invariant.holds(transition)) {
    throw new Error(`${invariant.id} is kept by a call that was found to break it`);
  }
  return {
    release: on.release.id,
    invariant: invariant.id,
    explanation: invariant.explain(transition),
    pages: limits.pages,
    limit: limits.limit,
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
  const calls = mremapCalls(bounds.pages, bounds.mremap);
  const build = (witness: Witness, history: HistorySearch): Counterexample => {
    const before = spaces[witness.space];
    const call = calls[witness.call];
    if (before === undefined || call === undefined) throw new Error('a witness out of bounds');
    return assemble(
      on,
      invariant,
      before,
      call,
      { pages: bounds.pages, limit: witness.limit },
      history,
      false,
    );
  };
  let smallest: Counterexample | undefined;
  for (const witness of finding.witnesses) {
    const history = findHistory(on, spaces[witness.space] ?? [], bounds.pages);
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
  const limits = env(bounds.limit, bounds.pages, bounds.mmapCap);
  const before = history.reduce<Vmas>(
    (vmas, made) => canonical(run(on, limits, vmas, frameTokens(vmas, bounds.pages), made).vmas),
    [],
  );
  const found = { calls: history, exhausted: true, states: 0 };
  return assemble(on, invariant, before, call, bounds, found, true);
}
