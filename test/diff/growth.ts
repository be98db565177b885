import { behaviourOf } from '../../src/checker/behaviour.js';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { callsOf } from '../../src/checker/calls.js';
import { recordsLimits } from '../../src/checker/enumerate.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { causesOf } from '../../src/checker/tally.js';
import { invariants } from '../../src/invariants/index.js';
import type { Invariant, Transition } from '../../src/invariants/invariant.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import type { Outcome } from '../../src/model/outcome.js';
import { machine } from '../../src/model/plan.js';
import { Recorder } from '../../src/model/recorder.js';
import type { Release } from '../../src/model/release.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';

/** Classes of calls in a window. A class is a shape, a result, the step that ended the call, what it did, and by how much map_count changed. */
export interface Growth {
  readonly all: number;
  /** By invariant: of those that are a case of it, and of those that break it. */
  readonly cases: ReadonlyMap<string, number>;
  readonly breaking: ReadonlyMap<string, number>;
}

/** Fewer VMAs than before: how many depends on what the destination held, and so on the window alone. */
const FEWER = -1;

/** What a call came to, without where and how large everything was. */
function classOf({ call, before, pages }: Transition, outcome: Outcome): string {
  const { shape, from } = behaviourOf(call, before, pages, outcome, outcome);
  const change = Math.max(FEWER, outcome.mapCount - before.length);
  return [shape, from.result, from.effect, outcome.step.name, change].join('|');
}

function note(sets: Map<string, Set<string>>, name: string, one: string): void {
  const known = sets.get(name);
  if (known === undefined) sets.set(name, new Set([one]));
  else known.add(one);
}

const sizes = (sets: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> =>
  new Map([...sets].map(([name, set]) => [name, set.size]));

/** Those about threads have no case here. */
const OF_ONE_CALL = invariants.filter(({ id }) => !/race|reader|sysctl/.test(id));

/**
 * Every call in every address space of the bounds, with each number of map slots left up to `headroom`.
 *
 * @param headroom the most map slots left
 * @param asked promises that are judged of each call
 */
export function growthIn(
  release: Release,
  bounds: EnumerateBounds,
  headroom: number,
  asked: readonly Invariant[] = OF_ONE_CALL,
): Growth {
  const on = machine(release).within(causesOf(bounds));
  const recorder = new Recorder();
  const all = new Set<string>();
  const cases = new Map<string, Set<string>>();
  const breaking = new Map<string, Set<string>>();
  const calls = callsOf(bounds);
  for (const before of addressSpaces(bounds)) {
    const pages = frameTokens(before, bounds.pages);
    for (const call of calls) {
      let to = -1;
      for (let left = 0; left <= headroom; left++) {
        const limits = env(before.length + left, bounds.pages);
        if (limits.maxMapCount <= to) continue;
        recorder.clear();
        const outcome = run(on, limits, before, pages, call, { recorder });
        to = recordsLimits(call) ? recorder.to : limits.maxMapCount;
        const transition: Transition = { on, env: limits, before, pages, call, outcome };
        const one = classOf(transition, outcome);
        all.add(one);
        for (const invariant of asked) {
          if (!invariant.applies(transition)) continue;
          note(cases, invariant.id, one);
          if (!invariant.holds(transition)) note(breaking, invariant.id, one);
        }
      }
    }
  }
  return { all: all.size, cases: sizes(cases), breaking: sizes(breaking) };
}
