import type { Conformance } from '../../src/conformance/conform.js';
import { conform } from '../../src/conformance/conform.js';
import { KernelDied } from '../../src/conformance/failed.js';
import type { Kernel, Ran } from '../../src/conformance/kernel.js';
import { releaseKernel } from '../../src/conformance/model-kernel.js';
import { randomScenarios } from '../../src/conformance/random.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { releaseByRef } from '../../src/model/releases/variant.js';

/** A signal that nobody aborts. */
export const NEVER = new AbortController().signal;

/** A release in the part of a kernel, by its reference. */
export const modelKernel = (ref: string): Kernel =>
  releaseKernel(`model:${ref}`, releaseByRef(ref));

/** A kernel on a release, on random scenarios. */
export const conformRandomly = (
  kernel: Kernel,
  release: Release,
  count: number,
  seed = 1,
): Promise<Conformance> =>
  conform(kernel, machine(release), randomScenarios(count, seed), { signal: NEVER });

/** The same kernel with other answers. */
export const answering = (
  kernel: Kernel,
  answer: (ran: Ran, scenario: Scenario) => Ran,
): Kernel => ({
  ...kernel,
  run: async (scenarios) =>
    (await kernel.run(scenarios)).map((ran, i) => answer(ran, scenarios[i] as Scenario)),
});

export interface Mortal {
  readonly kernel: Kernel;
  /** The ids that it was given, start by start, the ids of a start in turn. */
  readonly starts: string[][];
}

/** A kernel that dies of some scenarios, and says nothing until it is started anew. */
export function mortal(
  isFatal: (scenario: Scenario, ranBefore: readonly string[]) => boolean,
  more: Partial<Kernel> = {},
  on = releaseByRef('v6.12'),
  complaint = ({ id }: Scenario): string => `panic in ${id}`,
): Mortal {
  const right = releaseKernel('mortal', on);
  const starts: string[][] = [[]];
  let isDead = false;
  const kernel: Kernel = {
    ...right,
    run: async (asked) => {
      if (isDead) throw new Error('it is dead');
      for (const scenario of asked) {
        const ran = starts.at(-1) as string[];
        const dies = isFatal(scenario, ran);
        ran.push(scenario.id);
        if (!dies) continue;
        isDead = true;
        throw new KernelDied(complaint(scenario), [scenario]);
      }
      return right.run(asked);
    },
    restart: async () => {
      isDead = false;
      starts.push([]);
    },
    ...more,
  };
  return { kernel, starts };
}
