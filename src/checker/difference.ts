import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine } from '../model/plan.js';
import { type MicroStep, observe } from '../model/run.js';
import type { EnumerateBounds } from './bounds.js';
import { callsOf } from './calls.js';
import { limitsOf } from './enumerate.js';
import type { Witness } from './findings.js';
import { findHistory, type HistorySearch } from './history.js';
import { type PartingSteps, partingSteps } from './parting.js';
import { addressSpaces } from './spaces.js';

/** The smallest call of a class of differences, with what it did on either release. */
export interface Difference {
  readonly releases: readonly [string, string];
  /** Pages of the window. */
  readonly pages: number;
  /** max_map_count when the call is made. */
  readonly limit: number;
  /** Calls that build the address space. */
  readonly history: HistorySearch;
  readonly before: Vmas;
  readonly call: Call;
  readonly outcomes: readonly [Outcome, Outcome];
  /** The call step by step on either. */
  readonly micro: readonly [readonly MicroStep[], readonly MicroStep[]];
  /** Where the two runs part. */
  readonly parting: PartingSteps | undefined;
}

/** A call that two releases end differently, played again on both. */
export function differenceOf(
  on: readonly [Machine, Machine],
  bounds: EnumerateBounds,
  witness: Witness,
): Difference {
  const before = addressSpaces(bounds).at(witness.space);
  const call = callsOf(bounds)[witness.call];
  const within = limitsOf(bounds)[witness.limit - bounds.limits[0]];
  if (call === undefined || within === undefined) {
    throw new Error('a witness out of bounds');
  }
  const pages = frameTokens(before, bounds.pages);
  const [first, second] = on;
  const [mine, yours] = on.map((one) => observe(one, within, before, pages, call)) as [
    ReturnType<typeof observe>,
    ReturnType<typeof observe>,
  ];
  return {
    releases: [first.release.id, second.release.id],
    pages: bounds.pages,
    limit: witness.limit,
    history: findHistory(first, before, bounds.pages),
    before,
    call,
    outcomes: [mine.outcome, yours.outcome],
    micro: [mine.micro, yours.micro],
    parting: partingSteps(mine.micro, yours.micro),
  };
}
