import { releaseByRef } from '../model/releases/variant.js';
import { type Machine, machine } from '../model/run.js';
import { ModelLimitError } from '../model/vma.js';
import type { Kernel, Ran } from './kernel.js';
import { CannotSetUp, replay } from './replay.js';
import type { Scenario } from './scenario.js';

/** What the model makes of a scenario; undefined where it leaves what the model can hold. */
export function modelled(on: Machine, scenario: Scenario): Ran | undefined {
  try {
    return replay(on, scenario);
  } catch (error) {
    if (error instanceof CannotSetUp) return { id: scenario.id, cannotSetUp: error.message };
    if (error instanceof ModelLimitError) return undefined;
    throw error;
  }
}

/** A release of the model in the part of a kernel. */
class ModelKernel implements Kernel {
  readonly hides = [];

  constructor(
    readonly name: string,
    private readonly on: Machine,
  ) {}

  get version(): string {
    return this.on.release.id;
  }

  async run(scenarios: readonly Scenario[]): Promise<readonly Ran[]> {
    return scenarios.map(
      (scenario) =>
        modelled(this.on, scenario) ?? {
          id: scenario.id,
          cannotSetUp: 'it leaves what the model can hold',
        },
    );
  }

  async close(): Promise<void> {}
}

/** The release that a reference names, such as `v5.1[early=off,move=2]`, as a kernel; throws UnknownRelease. */
export const modelKernel = (ref: string): Kernel =>
  new ModelKernel(`model:${ref}`, machine(releaseByRef(ref)));
