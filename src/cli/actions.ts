import type { Shell } from '../commands/command.js';
import type { CommandName } from '../commands/table.js';
import type { ConfirmFlags } from './confirm.js';
import type { ConformFlags } from './conform.js';
import type { Exit } from './exit.js';
import type { ExploreFlags } from './explore.js';
import type { IdentifyFlags } from './identify.js';
import type { SensitivityFlags } from './sensitivity.js';
import type { MergeFlags, VerifyFlags } from './verify.js';
import type { WorkerFlags } from './worker.js';

/** Does a command, with its arguments and options as the table declares them. */
export type Action = (given: unknown[], flags: object) => Promise<Exit>;

/** What each command does. It is loaded when it is asked for: most of a start is reading code. */
export const ACTIONS: Readonly<Record<CommandName, Action>> = {
  verify: async ([specs], flags) =>
    (await import('./verify.js')).verifyCommand(specs as string[], flags as VerifyFlags),
  merge: async ([folders], flags) =>
    (await import('./verify.js')).mergeCommand(folders as string[], flags as MergeFlags),
  worker: async (_, flags) => (await import('./worker.js')).workerCommand(flags as WorkerFlags),
  sensitivity: async (_, flags) =>
    (await import('./sensitivity.js')).sensitivityCommand(flags as SensitivityFlags),
  releases: async ([id], flags) =>
    (await import('./lists.js')).releasesCommand(id as string | undefined, flags),
  invariants: async (_, flags) => (await import('./lists.js')).invariantsCommand(flags),
  kernels: async (_, flags) => (await import('./kernels.js')).kernelsCommand(flags),
  replay: async ([file], flags) =>
    (await import('./replay.js')).replayCommand(file as string, flags as { release: string }),
  explore: async ([file], flags) =>
    (await import('./explore.js')).exploreCommand(
      file as string | undefined,
      flags as ExploreFlags,
    ),
  conform: async (_, flags) => (await import('./conform.js')).conformCommand(flags as ConformFlags),
  identify: async (_, flags) =>
    (await import('./identify.js')).identifyCommand(flags as IdentifyFlags),
  confirm: async ([file], flags) =>
    (await import('./confirm.js')).confirmCommand(file as string, flags as ConfirmFlags),
  completion: async ([shell]) =>
    (await import('./completion.js')).completionCommand(shell as Shell),
};
