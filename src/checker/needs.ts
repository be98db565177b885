import type { Invariant, Transition } from '../invariants/invariant.js';
import type { Vmas } from '../model/address-space.js';
import type { Call, MremapCall } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Outcome } from '../model/outcome.js';
import { type Machine, machine } from '../model/plan.js';
import { Recorder } from '../model/recorder.js';
import type { Release } from '../model/release.js';
import { remembered } from '../model/remembered.js';
import { type MicroStep, run } from '../model/run.js';
import { type Env, headroom, type Pages } from '../model/state.js';
import type { EnumerateBounds } from './bounds.js';
import { caseOf } from './call-case.js';
import { callsOf } from './calls.js';
import { ALWAYS, NEVER, withCondition } from './condition.js';
import { limitsOf } from './enumerate.js';
import { byRank, type Witness } from './findings.js';
import { bestPerSpace, KEPT } from './kept-witnesses.js';
import { addressSpaces } from './spaces.js';
import { causesOf } from './tally.js';

/** A call that says something of what a check has to ask for, and the promise that it would break. */
interface NeedWitness extends Witness {
  readonly invariant: string;
}

/** What a check has to ask for in one case, told by facts, so that the promises are kept. */
export interface CaseNeed {
  readonly name: string;
  /** Least need with which every call that would break a promise is refused; null if none would. */
  readonly least: number | null;
  /** Calls that pass with one map slot less, and break a promise. */
  readonly witnesses: readonly NeedWitness[];
  /** Greatest need with which no refusal breaks a promise; null if no refusal does. */
  readonly most: number | null;
  /** How often a call came by, in one address space under one limit. */
  readonly calls: number;
}

export interface NeedsSearch {
  readonly spaces: number;
  /** Calls made, each in one address space under one limit. */
  readonly transitions: number;
  /** By name. */
  readonly cases: readonly CaseNeed[];
  /** Calls that break a promise and never come by the check, each with the promise. */
  readonly beyond: readonly NeedWitness[];
}

/** How a call comes by the check. */
interface Visit {
  readonly name: string;
  readonly headroom: number;
  /** Something has been changed by then. */
  readonly late: boolean;
}

class CaseTally {
  least: number | null = null;
  most: number | null = null;
  calls = 0;
  private witnesses: NeedWitness[] = [];

  constructor(readonly name: string) {}

  /** A call that passes with so much headroom breaks a promise. */
  breaks(left: number, witness: NeedWitness): void {
    const need = left + 1;
    if (this.least !== null && need < this.least) return;
    if (this.least === null || need > this.least) {
      this.least = need;
      this.witnesses = [];
    }
    if (this.witnesses.at(-1)?.space === witness.space) return;
    this.witnesses.push(witness);
    if (this.witnesses.length > 4 * KEPT) this.witnesses = bestPerSpace(this.witnesses, byRank);
  }

  /** Refusing a call that has so much headroom breaks a promise. */
  refusalBreaks(left: number): void {
    this.most = Math.min(this.most ?? left, left);
  }

  found(): CaseNeed {
    const { name, least, most, calls } = this;
    return { name, least, most, calls, witnesses: bestPerSpace(this.witnesses, byRank) };
  }
}

/** Everything of one run of `needsPart`. */
class Search {
  transitions = 0;
  readonly cases = new Map<string, CaseTally>();
  beyond: NeedWitness[] = [];
  private readonly passing: Machine;
  private readonly refusing: Machine;
  private readonly limits: readonly Env[];
  private readonly recorder = new Recorder();
  private visits: Visit[] = [];
  private before: Vmas = [];

  constructor(
    release: Release,
    private readonly check: string,
    bounds: EnumerateBounds,
    private readonly promises: readonly Invariant[],
  ) {
    const causes = causesOf(bounds);
    this.passing = machine(withCondition(release, { check, condition: NEVER })).within(causes);
    this.refusing = machine(withCondition(release, { check, condition: ALWAYS })).within(causes);
    this.limits = limitsOf(bounds);
  }

  /** A call under each limit, run once for all under which it ends alike. */
  make(space: number, before: Vmas, pages: Pages, call: MremapCall, index: number): void {
    const { limits, recorder } = this;
    this.before = before;
    for (let i = 0; i < limits.length; ) {
      recorder.clear();
      this.visits = [];
      const first = limits[i] as Env;
      const outcome = run(this.passing, first, before, pages, call, {
        recorder,
        observer: this.observe,
      });
      const refused =
        this.visits[0]?.late === true ? this.refuse(first, before, pages, call) : undefined;
      for (; i < limits.length && (limits[i] as Env).maxMapCount <= recorder.to; i++) {
        const env = limits[i] as Env;
        const raised = env.maxMapCount - first.maxMapCount;
        const place = { space, call: index, limit: env.maxMapCount, failing: [] };
        this.transitions++;
        this.judge({ env, before, pages, call, outcome }, place, raised);
        if (refused !== undefined)
          this.judgeRefusal({ env, before, pages, call, outcome: refused }, raised);
      }
    }
  }

  private readonly observe = ({ step, before: s }: MicroStep): void => {
    if (step.name !== this.check) return;
    const late = s.vmas !== this.before;
    this.visits.push({ name: caseOf('facts', s), headroom: headroom(s), late });
  };

  /** The recorder keeps what it knows of the call that passes: up to the check both are the same. */
  private refuse(limits: Env, before: Vmas, pages: Pages, call: Call): Outcome {
    return run(this.refusing, limits, before, pages, call);
  }

  private broken(on: Machine, t: Omit<Transition, 'on'>): Invariant | undefined {
    const transition = { on, ...t };
    return this.promises.find((one) => one.applies(transition) && !one.holds(transition));
  }

  /** @param raised by how much the limit is above the one under which the call was run */
  private judge(
    t: Omit<Transition, 'on'>,
    place: Omit<NeedWitness, 'invariant' | 'aboveLimit'>,
    raised: number,
  ): void {
    for (const { name } of this.visits) this.caseTally(name).calls++;
    const promise = this.broken(this.passing, t);
    if (promise === undefined) return;
    const aboveLimit = t.before.length > t.env.maxMapCount;
    const witness = { ...place, aboveLimit, invariant: promise.id };
    const scarcest = this.scarcest();
    if (scarcest !== undefined) {
      this.caseTally(scarcest.name).breaks(scarcest.headroom + raised, witness);
    } else if (this.beyond.length < KEPT) this.beyond.push(witness);
  }

  private judgeRefusal(t: Omit<Transition, 'on'>, raised: number): void {
    const [first] = this.visits;
    if (first === undefined || this.broken(this.refusing, t) === undefined) return;
    this.caseTally(first.name).refusalBreaks(first.headroom + raised);
  }

  /** Of several visits the last of those with the least headroom: refused there, most of the call is done. */
  private scarcest(): Visit | undefined {
    let least: Visit | undefined;
    for (const visit of this.visits) {
      if (least === undefined || visit.headroom <= least.headroom) least = visit;
    }
    return least;
  }

  private caseTally(name: string): CaseTally {
    return remembered(this.cases, name, () => new CaseTally(name));
  }
}

const byName = (a: CaseNeed, b: CaseNeed): number => (a.name < b.name ? -1 : 1);

/**
 * Runs every mremap() of the bounds with the check letting all of them pass, in every `parts`-th address
 * space from the one numbered `part` on, and notes in which case and with what headroom it came by.
 */
export function needsPart(
  release: Release,
  check: string,
  bounds: EnumerateBounds,
  promises: readonly Invariant[],
  { part = 0, parts = 1 }: { readonly part?: number; readonly parts?: number } = {},
): NeedsSearch {
  const all = addressSpaces(bounds);
  const calls = callsOf(bounds);
  const search = new Search(release, check, bounds, promises);
  let spaces = 0;
  for (let space = part; space < all.length; space += parts) {
    const before = all.at(space);
    const pages = frameTokens(before, bounds.pages);
    spaces++;
    calls.forEach((call, index) => {
      if (call.call === 'mremap') search.make(space, before, pages, call, index);
    });
  }
  const cases = [...search.cases.values()].map((tally) => tally.found()).sort(byName);
  return {
    spaces,
    transitions: search.transitions,
    cases,
    beyond: bestPerSpace(search.beyond, byRank),
  };
}

const higher = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);
const lower = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** Two findings of one case, or of several that a condition does not tell apart. */
function addCases(a: CaseNeed, b: CaseNeed): CaseNeed {
  const least = higher(a.least, b.least);
  const witnesses = [a, b].flatMap((one) => (one.least === least ? one.witnesses : []));
  return {
    name: a.name,
    least,
    most: lower(a.most, b.most),
    calls: a.calls + b.calls,
    witnesses: bestPerSpace(witnesses, byRank),
  };
}

/** Findings with the cases of one name put together, by name. */
export function mergedCases(cases: readonly CaseNeed[]): CaseNeed[] {
  const merged = new Map<string, CaseNeed>();
  for (const one of cases) {
    const known = merged.get(one.name);
    merged.set(one.name, known === undefined ? one : addCases(known, one));
  }
  return [...merged.values()].sort(byName);
}

/** Parts put together; the order does not matter. */
export const addNeeds = (a: NeedsSearch, b: NeedsSearch): NeedsSearch => ({
  spaces: a.spaces + b.spaces,
  transitions: a.transitions + b.transitions,
  cases: mergedCases([...a.cases, ...b.cases]),
  beyond: bestPerSpace([...a.beyond, ...b.beyond], byRank),
});
