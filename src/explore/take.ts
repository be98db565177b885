import { canonical } from '../checker/spaces.js';
import { Running, UNLIMITED } from '../conformance/running.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine } from '../model/plan.js';
import type { MicroStep } from '../model/run.js';
import { type Env, env } from '../model/state.js';
import { MAX_PAGES } from '../model/vma.js';

/** Calls in an empty window: those that build it, without a limit, and those under the limit. */
export interface Script {
  /** Pages of the window. */
  readonly pages: number;
  readonly setup: readonly Call[];
  /** Empty while there is no limit. */
  readonly calls: readonly Call[];
}

/** What a script is played under. */
export interface Conditions {
  readonly on: Machine;
  /** Map slots that are left behind the set-up; undefined while there is no limit. */
  readonly headroom: number | undefined;
}

/** A call as it went. */
export interface Played {
  readonly call: Call;
  readonly before: Vmas;
  readonly outcome: Outcome;
  readonly micro: readonly MicroStep[];
  /** max_map_count, if there was a limit. */
  readonly limit: number | undefined;
}

/** A script as it went. */
export interface Take {
  /** Every call, those of the set-up first. */
  readonly played: readonly Played[];
  readonly vmas: Vmas;
  /** max_map_count; undefined while there is none. */
  readonly limit: number | undefined;
  /** VMAs behind the set-up. */
  readonly built: number;
  /** What one more call would do to this address space under some conditions; throws ModelLimitError. */
  readonly peek: (call: Call, under: Conditions) => Outcome;
}

function perform(running: Running, call: Call, limits: Env, limit: number | undefined): Played {
  const micro: MicroStep[] = [];
  const before = running.space;
  const outcome = running.perform(call, limits, (step) => void micro.push(step));
  return { call, before, outcome, micro, limit };
}

/** Plays a script from the start, as a replay of the scenario that it is would; throws ModelLimitError. */
export function play({ pages, setup, calls }: Script, { on, headroom }: Conditions): Take {
  const running = new Running(on, pages);
  const first = setup.map((call) => perform(running, call, UNLIMITED, undefined));
  const built = running.space.length;
  const limitFor = (left: number | undefined): Env =>
    left === undefined ? UNLIMITED : env(built + left, MAX_PAGES);
  const limit = headroom === undefined ? undefined : built + headroom;
  const then = calls.map((call) => perform(running, call, limitFor(headroom), limit));
  return {
    played: [...first, ...then],
    vmas: running.space,
    limit,
    built,
    peek: (call, under) => running.peek(call, limitFor(under.headroom), under.on),
  };
}

/** The same VMAs, whatever their anon_vmas and objects are called. */
export function sameSpace(one: Vmas, other: Vmas): boolean {
  const [a, b] = [canonical(one), canonical(other)];
  return a.length === b.length && a.every((vma, i) => vma === b[i]);
}

/** Whether two runs of a call on one address space end alike: in result, address space and map_count. */
export const endAlike = (one: Outcome, other: Outcome): boolean =>
  one.result === other.result && one.mapCount === other.mapCount && sameSpace(one.vmas, other.vmas);

/**
 * Whether a call went alike in two takes. Once the address spaces have parted, that is the same result
 * and the same change of map_count.
 */
export function wentAlike(one: Played, other: Played): boolean {
  if (sameSpace(one.before, other.before)) return endAlike(one.outcome, other.outcome);
  const change = ({ outcome, before }: Played): number => outcome.mapCount - before.length;
  return one.outcome.result === other.outcome.result && change(one) === change(other);
}
