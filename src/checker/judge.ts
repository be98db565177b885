import { invariantById } from '../invariants/index.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import { type Machine, machine } from '../model/plan.js';
import { releaseByRef } from '../model/releases/variant.js';
import { run } from '../model/run.js';
import { type Env, env, unlimited } from '../model/state.js';
import { canonical } from './spaces.js';

/** Calls from an empty window, the last of which is judged; addresses and lengths in pages. */
export interface Sequence {
  /** Pages of the window, which is the whole address space. */
  readonly pages: number;
  readonly setup: readonly Call[];
  readonly call: Call;
  /** max_map_count when the call is made. */
  readonly maxMapCount: number;
  /** The limit holds for the set-up too. */
  readonly limitedFromStart?: boolean;
  /** Further limits, in pages; none unless given. */
  readonly limits?: Parameters<typeof env>[2];
}

const limitsMet = ({ maxMapCount, pages, limits }: Sequence): Env =>
  env(maxMapCount, pages, limits);

/** What the set-up leaves on a release; a call of it that fails leaves what it has changed by then. */
export function builtBy(on: Machine, sequence: Sequence): Vmas {
  const { pages, setup, limitedFromStart = false } = sequence;
  const limits = limitedFromStart ? limitsMet(sequence) : unlimited(pages);
  return setup.reduce<Vmas>(
    (vmas, call) => canonical(run(on, limits, vmas, frameTokens(vmas, pages), call).vmas),
    [],
  );
}

/**
 * Whether a release keeps a promise in the last call of a sequence; `no case` where the promise is not
 * about that call. Throws UnknownRelease, and RangeError for an invariant that there is not.
 *
 * @param release such as `v6.17`, or a variant
 */
export function judge(
  release: string,
  invariant: string,
  sequence: Sequence,
): 'kept' | 'broken' | 'no case' {
  const asked = invariantById(invariant);
  if (asked === undefined) throw new RangeError(`found no invariant ${invariant}`);
  const { pages, call } = sequence;
  const on = machine(releaseByRef(release));
  const met = limitsMet(sequence);
  const before = builtBy(on, sequence);
  const tokens = frameTokens(before, pages);
  const outcome = run(on, met, before, tokens, call);
  const transition = { on, env: met, before, pages: tokens, call, outcome };
  if (!asked.applies(transition)) return 'no case';
  return asked.holds(transition) ? 'kept' : 'broken';
}
