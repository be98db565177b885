import type { Conformance } from '../../src/conformance/conform.js';
import { conform } from '../../src/conformance/conform.js';
import type { Kernel, Ran } from '../../src/conformance/kernel.js';
import { releaseKernel } from '../../src/conformance/model-kernel.js';
import { randomScenarios } from '../../src/conformance/random.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import type { Release } from '../../src/model/release.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { machine } from '../../src/model/run.js';

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
