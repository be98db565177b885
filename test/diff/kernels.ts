import { type Behaviour, behaviourKey } from '../../src/checker/behaviour.js';
import { partingOf } from '../../src/conformance/compare.js';
import { replay } from '../../src/conformance/replay.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { type Machine, machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { type Observed, recordsOf } from '../conformance/records.js';
import { releaseOfKernel } from '../support/releases.js';
import { recordedBehaviour } from './recorded.js';
import { changesIn, WINDOWS } from './windows.js';

const KERNELS = ['5.10.223', '6.12.107', '7.0.13', '7.2.13'] as const;
const FILES = ['core.jsonl', 'moves.jsonl', 'extended.jsonl'] as const;

/** Every two of the recorded kernels. */
export const KERNEL_PAIRS = KERNELS.flatMap((first, i) =>
  KERNELS.slice(i + 1).map((second) => [first, second] as const),
);

/** The first call of a scenario that two ended differently. */
interface FirstDifference {
  readonly call: number | 'set-up';
  /** In words; of a set-up that came out differently there are none. */
  readonly behaviour: Behaviour | undefined;
  /** When the call was made. */
  readonly headroom: number;
}

/** A scenario that both kernels could set up. */
export interface PairedScenario {
  readonly scenario: Scenario;
  /** In what the kernels differ first, and in what their releases do. */
  readonly kernels: FirstDifference | undefined;
  readonly releases: FirstDifference | undefined;
  /** Both sealed what the set-up seals, or neither did: `mseal()` behind a set-up leaves no trace in it. */
  readonly sealedAlike: boolean;
}

function firstDifference(
  scenario: Scenario,
  a: Observed,
  b: Observed,
): FirstDifference | undefined {
  const parting = partingOf(a, b, []);
  if (parting === undefined) return undefined;
  const { call } = parting;
  const { headroom } = scenario;
  if (call === 'set-up') return { call, behaviour: undefined, headroom };
  const [written, mine, theirs] = [scenario.calls[call], a.steps[call], b.steps[call]];
  if (written === undefined || mine === undefined || theirs === undefined) {
    throw new Error(`${scenario.id} has no call ${call + 1} on both sides`);
  }
  const earlier = a.steps[call - 1];
  const behaviour = recordedBehaviour(written, earlier ?? a.initial, mine, theirs);
  return { call, behaviour, headroom: headroom - (earlier?.mapCountDelta ?? 0) };
}

const seals = ({ release }: Machine): boolean =>
  !release.calls.mseal.some(({ errnos }) => errnos?.includes('ENOSYS'));

/** Every scenario of the records with what two kernels, and their releases, made of it. */
export function pairedScenarios(first: string, second: string): PairedScenario[] {
  const on = [machine(releaseOfKernel(first)), machine(releaseOfKernel(second))] as const;
  return FILES.flatMap((file) => {
    const others = new Map(recordsOf(file, first).map((r) => [r.scenario.id, r.observed]));
    return recordsOf(file, second).flatMap(({ scenario, observed }): PairedScenario[] => {
      const other = others.get(scenario.id);
      if (other === undefined) return [];
      const sealed = scenario.setup.some(({ call }) => call === 'mseal');
      return [
        {
          scenario,
          kernels: firstDifference(scenario, other, observed),
          releases: firstDifference(scenario, replay(on[0], scenario), replay(on[1], scenario)),
          sealedAlike: !sealed || seals(on[0]) === seals(on[1]),
        },
      ];
    });
  });
}

/** The name of a behaviour without what no record shows. */
export const shownKey = (one: Behaviour): string =>
  behaviourKey({ ...one, differs: one.differs.filter((aspect) => aspect !== 'flags') });

/** All that diff finds between two releases in the windows: the headrooms of each behaviour. */
export function foundBehaviours(a: Release, b: Release): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const change of WINDOWS.flatMap((window) => changesIn(a, b, window) ?? [])) {
    for (const one of change.classes) {
      const key = shownKey(one);
      found.set(key, new Set([...(found.get(key) ?? []), ...one.headrooms]));
    }
  }
  return found;
}
