import { type Machine, machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { knownReleases } from '../model/releases/index.js';
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

/** The release that it is, or is an edit of; a stable one is one. */
const editedIn = (release: Release): Release =>
  release.base === undefined || knownReleases.includes(release) ? release : editedIn(release.base);

/** What `uname -r` would say: of a patch the release that it is one of, and its name. */
function versionOf(release: Release): string {
  const { id } = editedIn(release);
  if (release.id.startsWith(id)) return release.id;
  return `${id}+${release.id.replace(/^.*\/|\.\w+(?=@|\[|$)/g, '')}`;
}

/** A release in the part of a kernel. */
export function releaseKernel(name: string, release: Release): Kernel {
  const on = machine(release);
  const beyond = 'it leaves what the model can hold';
  return {
    name,
    version: versionOf(release),
    release: release.id,
    hides: [],
    run: async (scenarios) =>
      scenarios.map(
        (scenario) => modelled(on, scenario) ?? { id: scenario.id, cannotSetUp: beyond },
      ),
    close: async () => {},
  };
}
