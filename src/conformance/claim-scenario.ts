import { isDeepStrictEqual } from 'node:util';
import { canonical } from '../checker/spaces.js';
import { BadInput } from '../input/bad-input.js';
import { modelCall } from '../input/call.js';
import type { Vmas } from '../model/address-space.js';
import type { Machine } from '../model/plan.js';
import { run } from '../model/run.js';
import { env, NO_RESOURCE_LIMITS, type ResourceLimits } from '../model/state.js';
import {
  isArmed,
  isFaulted,
  isFile,
  isLocked,
  isSealed,
  kindName,
  kindOf,
  offsetOf,
  pagesOf,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';
import type { TracedCall } from '../trace/call.js';
import type { CallTrace, DifferenceTrace } from '../trace/trace.js';
import { vmaOf } from '../trace/vma.js';
import { wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import { layoutEntry, UNLIMITED } from './running.js';
import { type Scenario, scenarioFrom } from './scenario.js';

/** A call, and what is said to come of it. */
export type Claim = Pick<
  CallTrace,
  | 'pages'
  | 'maxMapCount'
  | 'setup'
  | 'before'
  | 'limits'
  | 'limitedFromStart'
  | 'call'
  | 'failures'
  | 'result'
  | 'after'
>;

/** What the second of two releases makes of a call. */
export const claimOfDifference = (difference: DifferenceTrace): Claim => {
  const { pages, maxMapCount, outcomes } = difference;
  const { result, after } = outcomes[1];
  return {
    ...difference,
    limits: env(maxMapCount, pages),
    limitedFromStart: false,
    failures: [],
    result,
    after,
  };
};

/** A claim as a scenario, with what the release makes of it; or why there is none. */
export type Posed =
  | { readonly scenario: Scenario; readonly model: ScenarioOutcome }
  | { readonly impossible: string };

/** What stands in the way of a call besides max_map_count, and calls alone do not bring about. */
export function otherObstacle(
  c: Pick<Claim, 'failures' | 'limits' | 'maxMapCount'>,
): string | undefined {
  const [failure] = c.failures;
  if (failure !== undefined) {
    return `${failure.kernel} is made to fail in it, which takes fault injection`;
  }
  const limits = Object.keys(NO_RESOURCE_LIMITS) as (keyof ResourceLimits)[];
  if (limits.some((name) => c.limits[name] < NO_RESOURCE_LIMITS[name])) {
    return 'it has limits of the process besides max_map_count';
  }
  return c.limits.mmapCap === c.maxMapCount ? undefined : 'mmap() has a limit of its own in it';
}

/** What a scenario has no words for. */
function unspeakable(c: Claim): string | undefined {
  const obstacle = otherObstacle(c);
  if (obstacle !== undefined) return obstacle;
  const calls = [...(c.setup ?? []), c.call];
  const vmas = c.before.map(vmaOf);
  const maps = (kind: string): boolean =>
    calls.some((call) => call.call === 'mmap' && call.kind === kind) ||
    vmas.some((vma) => kindName(vma) === kind);
  if (maps('special')) return "a driver's mapping is in it";
  if (maps('hugetlb')) return 'huge pages are in it';
  if (vmas.some(isArmed) || calls.some(({ call }) => call === 'uffd'))
    return 'userfaultfd is in it';
  if (c.maxMapCount < c.before.length) return 'max_map_count is below map_count in it';
  const values = Object.values(c.call);
  if (values.some((value) => typeof value === 'number' && !Number.isInteger(value))) {
    return 'an argument of its call is inside a page';
  }
  if (c.call.call === 'mremap' && c.call.flags.includes('UNKNOWN')) {
    return 'its call has an unknown flag';
  }
  return undefined;
}

/** The calls of a claim that build its address space; without a history it is mapped VMA by VMA. */
export const buildingCalls = ({ setup, before }: Pick<Claim, 'setup' | 'before'>): TracedCall[] =>
  setup ?? before.map(vmaOf).flatMap(mapping);

/** Calls that map a VMA as it is: written to where it has an anon_vma, then locked and sealed. */
function mapping(vma: Vma): TracedCall[] {
  const range = { addr: startOf(vma), len: pagesOf(vma) };
  const [prot, written] = [protName(vma), isFaulted(vma)];
  const offset = isFile(kindOf(vma)) ? offsetOf(vma) : 0;
  const calls: TracedCall[] = [
    { call: 'mmap', ...range, kind: kindName(vma), prot: written ? 'rw' : prot, offset },
  ];
  if (written) calls.push({ call: 'touch', ...range });
  if (written && prot === 'r') calls.push({ call: 'mprotect', ...range, prot });
  if (isLocked(vma)) calls.push({ call: 'mlock', ...range });
  if (isSealed(vma)) calls.push({ call: 'mseal', ...range });
  return calls;
}

/** The address space that a set-up leaves on a release. */
const built = (on: Machine, { setup }: Scenario): Vmas =>
  setup.reduce<Vmas>((vmas, call) => run(on, UNLIMITED, vmas, [], modelCall(call)).vmas, []);

/** With its history as the set-up, or as the first calls where the limit was there from the start; without one, mapped VMA by VMA. */
function writtenScenario(c: Claim, id: string): object {
  const { pages, maxMapCount } = c;
  if (c.limitedFromStart) {
    return { id, pages, headroom: maxMapCount, setup: [], calls: [...(c.setup ?? []), c.call] };
  }
  const headroom = maxMapCount - c.before.length;
  return { id, pages, headroom, setup: buildingCalls(c), calls: [c.call] };
}

/** Whether a release makes of the scenario what the claim says that it does. */
function isRepeated(c: Claim, { steps }: ScenarioOutcome): boolean {
  const last = steps.at(-1);
  if (last === undefined) return false;
  const result = 'errno' in last.result ? `-${last.result.errno}` : `${last.result.ok}`;
  return result === c.result && isDeepStrictEqual(last.layout, c.after.map(vmaOf).map(layoutEntry));
}

/**
 * With a hint where the move is to go: behind the window of a scenario there is room, and without a hint
 * the kernel would take that.
 */
function hinted(c: Claim, scenario: Scenario): Scenario {
  const newAddr = Number(c.result);
  const calls = scenario.calls.map((call, i) =>
    call.call === 'mremap' && i === scenario.calls.length - 1 && newAddr >= 0
      ? { ...call, newAddr }
      : call,
  );
  return { ...scenario, calls };
}

/** What is claimed of a release as a scenario, if one can say it. */
export function pose(on: Machine, c: Claim, id: string): Posed {
  const reason = unspeakable(c);
  if (reason !== undefined) return { impossible: reason };
  let scenario: Scenario;
  try {
    scenario = scenarioFrom(writtenScenario(c, id), 'as a scenario');
  } catch (error) {
    if (error instanceof BadInput) return { impossible: error.message };
    throw error;
  }
  const goal = canonical(c.before.map(vmaOf));
  if (!c.limitedFromStart && !isDeepStrictEqual(canonical(built(on, scenario)), goal)) {
    return { impossible: 'no calls are known that build its address space' };
  }
  for (const asked of [scenario, hinted(c, scenario)]) {
    const model = modelled(on, asked);
    if (model !== undefined && wasSetUp(model) && isRepeated(c, model))
      return { scenario: asked, model };
  }
  return { impossible: 'it rests on the end of the address space, which a scenario has not' };
}
