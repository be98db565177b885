import type { Shell } from '../commands/command.js';
import { completionScript } from '../commands/completion/index.js';
import { COMMANDS } from '../commands/table.js';
import { invariants } from '../invariants/index.js';
import { knownReleases } from '../model/releases/index.js';
import { Exit } from './exit.js';
import { print } from './terminal.js';

/** Prints a script for a shell. */
export function completionCommand(shell: Shell): Exit {
  const known = {
    release: knownReleases.map(({ id }) => id),
    invariant: invariants.map(({ id }) => id),
  };
  print(completionScript(shell, COMMANDS, known));
  return Exit.ok;
}
