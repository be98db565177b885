import { CannotSetUp, replay } from '../conformance/replay.js';
import { inputName } from '../input/read-text.js';
import { machine } from '../model/plan.js';
import { ModelLimitError } from '../model/vma.js';
import { Exit } from './exit.js';
import { releaseToRun } from './release-flag.js';
import { readScenarios } from './scenario-file.js';
import { note, print } from './terminal.js';

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
