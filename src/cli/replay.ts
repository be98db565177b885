import { CannotSetUp, replay } from '../conformance/replay.js';
import { parseScenario, type Scenario } from '../conformance/scenario.js';
import { BadInput } from '../input/bad-input.js';
import { inputName, readInput } from '../input/read-text.js';
import { machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { UnknownRelease } from '../model/releases/variant.js';
import { ModelLimitError } from '../model/vma.js';
import { namingFaults } from '../patches/breakdown.js';
import { releaseOfReference } from '../patches/reference.js';
import { Exit } from './exit.js';
import { note, print } from './terminal.js';

/** A scenario with its place, for messages. */
export interface Line {
  readonly where: string;
  readonly scenario: Scenario;
}

/** All of a file, or of standard input (`-`), is read before anything is written; throws BadInput. */
export function readScenarios(file: string): Line[] {
  const name = inputName(file);
  return readInput(file, 'scenarios, one a line')
    .split('\n')
    .map((text, i) => ({ text, where: `${name}:${i + 1}` }))
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, where }) => ({ where, scenario: parseScenario(text, where) }));
}

/**
 * The release that a flag names, or the patch; throws BadInput.
 *
 * @param how whether the patch may be code: only where the user has named it, not a file
 */
export function releaseFor(ref: string, flag: string, how: { readonly modules: boolean }): Release {
  try {
    return releaseOfReference(ref, how);
  } catch (error) {
    if (error instanceof UnknownRelease) throw new BadInput(`${flag}: ${error.message}`);
    throw error;
  }
}

/** The same to make single calls on, which says of a patch what it does wrong; throws BadInput. */
export const releaseToRun = (...of: Parameters<typeof releaseFor>): Release =>
  namingFaults(releaseFor(...of));

/**
 * Replays scenarios on a release and prints an outcome a line. A scenario that cannot be set up is left
 * out, as kernels leave it out; one that leaves what the model can hold makes the result incomplete.
 */
export function replayCommand(file: string, flags: { readonly release: string }): Exit {
  const on = machine(releaseToRun(flags.release, '--release', { modules: true }));
  const lines = readScenarios(file);
  if (lines.length === 0) {
    note(`${inputName(file)}: found no scenario, nothing was replayed`);
    return Exit.incomplete;
  }
  let exit: Exit = Exit.ok;
  for (const { where, scenario } of lines) {
    try {
      print(JSON.stringify(replay(on, scenario)));
    } catch (error) {
      const cannot = error instanceof ModelLimitError;
      if (!cannot && !(error instanceof CannotSetUp)) throw error;
      note(`${where}: scenario ${scenario.id} left out: ${error.message}`);
      if (cannot) exit = Exit.incomplete;
    }
  }
  return exit;
}
