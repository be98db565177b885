import type { Shell } from '../commands/command.js';
import type { CommandName } from '../commands/table.js';
import type { ConfirmFlags } from './confirm.js';
import type { ConformFlags } from './conform.js';
import type { DiffFlags } from './diff.js';
import type { DocsFlags } from './docs.js';
import type { Exit } from './exit.js';
import type { ExploreFlags } from './explore.js';
import type { HeadroomFlags } from './headroom.js';
import type { IdentifyFlags } from './identify.js';
import type { ReportFlags } from './report.js';
import type { SensitivityFlags } from './sensitivity.js';
import type { SynthesizeFlags } from './synthesize.js';
import type { TraceFlags } from './trace.js';
import type { MergeFlags, VerifyFlags } from './verify.js';
import type { WorkerFlags } from './worker.js';

/** Does a command, with its arguments and options as the table declares them. */
export type Action = (given: unknown[], flags: object) => Promise<Exit>;

/** What each command does. It is loaded when it is asked for: most of a start is reading code. */
export const ACTIONS: Readonly<Record<CommandName, Action>> = {
  verify: async ([specs], flags) =>
    (await import('./verify.js')).verifyCommand(specs as string[], flags as VerifyFlags),
  report: async ([specs], flags) =>
    (await import('./report.js')).reportCommand(specs as string[], flags as ReportFlags),
  merge: async ([folders], flags) =>
    (await import('./verify.js')).mergeCommand(folders as string[], flags as MergeFlags),
  worker: async (_, flags) => (await import('./worker.js')).workerCommand(flags as WorkerFlags),
  sensitivity: async (_, flags) =>
    (await import('./sensitivity.js')).sensitivityCommand(flags as SensitivityFlags),
  diff: async ([a, b], flags) =>
    (await import('./diff.js')).diffCommand(a as string, b as string, flags as DiffFlags),
  headroom: async (_, flags) =>
    (await import('./headroom.js')).headroomCommand(flags as HeadroomFlags),
  synthesize: async (_, flags) =>
    (await import('./synthesize.js')).synthesizeCommand(flags as SynthesizeFlags),
  releases: async ([id], flags) =>
    (await import('./lists.js')).releasesCommand(id as string | undefined, flags),
  invariants: async (_, flags) => (await import('./lists.js')).invariantsCommand(flags),
  docs: async (_, flags) => (await import('./docs.js')).docsCommand(flags as DocsFlags),
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
  trace: async ([file], flags) =>
    (await import('./trace.js')).traceCommand(file as string, flags as TraceFlags),
  completion: async ([shell]) =>
    (await import('./completion.js')).completionCommand(shell as Shell),
};
