import { BadInput } from '../input/bad-input.js';
import { programFingerprint, workFingerprint } from '../runs/fingerprint.js';
import type { JournalHeader } from '../runs/journal.js';
import { lock } from '../runs/lock.js';
import { checkParts } from '../runs/parts.js';
import { parseShard, type Shard } from '../runs/shards.js';
import { loadSpecs } from '../specs/load.js';
import type { Spec } from '../specs/spec.js';
import { planJobs } from '../verify/jobs.js';
import { specsWithin } from '../verify/memory.js';
import { IN_MEMORY, type Store } from '../verify/store.js';
import { unitsOf } from '../verify/units.js';
import { OWN_SPECS } from './package.js';
import {
  beginRun,
  checkNewFolder,
  folderOfSpec,
  journalOf,
  lockOf,
  openRun,
} from './run-folder.js';
import { entriesOf, journalStore } from './run-store.js';

/** Flags that say which work it is, and where it is kept. */
export interface WorkFlags {
  readonly run?: string;
  readonly resume?: string;
  readonly shard?: string;
  /** Patches that are code are run. */
  readonly modules?: true;
  /** Megabytes a worker. */
  readonly memory?: number;
}

/** A store, to be closed when the work is done. */
type OpenStore = Store & { readonly close: () => void };

/** What is to be done, and where it is kept. */
export interface Work {
  readonly specs: readonly Spec[];
  /** Folder of the run, if it is kept in one. */
  readonly folder: string | undefined;
  readonly shard: Shard | undefined;
  /** Begins to keep; what could be found wrong before has been. */
  readonly open: () => OpenStore;
}

/** From here on this process alone writes the folder, the report at the end included. */
function kept(folder: string, header: JournalHeader): OpenStore {
  lock(lockOf(folder));
  return journalStore(journalOf(folder), header);
}

const MB = 2 ** 20;

const within = (memory: number | undefined, specs: readonly Spec[]): readonly Spec[] =>
  memory === undefined ? specs : specsWithin(memory * MB, specs);

function headerFor(
  specs: readonly Spec[],
  { shard, memory }: Pick<JournalHeader, 'shard' | 'memory'>,
): JournalHeader {
  const units = unitsOf(planJobs(specs));
  return {
    journal: 1,
    program: programFingerprint(),
    work: workFingerprint(specs, units),
    units: units.length,
    ...(shard === undefined ? {} : { shard }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** Specs that are given, or all of the package. */
function newWork(
  paths: readonly string[],
  { run, shard: given, memory, modules }: WorkFlags,
): Work {
  const shard = given === undefined ? undefined : parseShard(given);
  const files = paths.length === 0 ? [OWN_SPECS] : paths;
  const specs = within(memory, loadSpecs(files, modules, folderOfSpec));
  if (run === undefined) {
    if (shard !== undefined) {
      throw new BadInput('found --shard without --run, expected a folder to keep the part in');
    }
    return { specs, folder: run, shard, open: () => ({ ...IN_MEMORY, close: () => {} }) };
  }
  checkNewFolder(run);
  return {
    specs,
    folder: run,
    shard,
    open: () => {
      const header = headerFor(specs, { ...(shard && { shard }), ...(memory && { memory }) });
      beginRun(run, specs, header);
      return kept(run, header);
    },
  };
}

/** Refuses a run that another program or other searches made, since its results would not fit. */
function checkSame(folder: string, found: JournalHeader, expected: JournalHeader): void {
  if (found.program !== expected.program) {
    throw new BadInput(
      `${folder}: found a run of version ${found.program}, expected one of this, ${expected.program}`,
    );
  }
  if (found.work !== expected.work || found.units !== expected.units) {
    throw new BadInput(
      `${folder}: found specs, or patches that they name, that are not those that the journal is of (${expected.work}), expected ${found.work}`,
    );
  }
}

function resumedWork(folder: string, paths: readonly string[], flags: WorkFlags): Work {
  const besides = [flags.run, flags.shard, flags.memory];
  if (paths.length > 0 || besides.some((flag) => flag !== undefined)) {
    throw new BadInput(
      '--resume: found specs, --run, --shard or --memory too, expected the folder alone: it has them',
    );
  }
  const { specs: asWritten, header } = openRun(folder, flags.modules);
  const specs = within(header.memory, asWritten);
  const { shard } = header;
  checkSame(folder, header, headerFor(specs, header));
  return { specs, folder, shard, open: () => kept(folder, header) };
}

/** What `verify` is asked to do; throws BadInput. */
export const workFor = (paths: readonly string[], flags: WorkFlags): Work =>
  flags.resume === undefined ? newWork(paths, flags) : resumedWork(flags.resume, paths, flags);

/** The parts of some work put together: nothing is left to do. Throws BadInput. */
export function mergedWork(
  folders: readonly string[],
  { run, modules }: Pick<WorkFlags, 'run' | 'modules'>,
): Work {
  if (folders.length === 0)
    throw new BadInput('merge: found no folder, expected those of all shards');
  const parts = folders.map((folder) => openRun(folder, modules));
  checkParts(parts);
  const [{ folder, specs: asWritten, header }] = parts as [(typeof parts)[number]];
  const { shard: _, ...whole } = header;
  const specs = within(header.memory, asWritten);
  checkSame(folder, whole, headerFor(specs, whole));
  if (run !== undefined) checkNewFolder(run);
  return {
    specs,
    folder: run,
    shard: undefined,
    open: () => {
      if (run === undefined) {
        return { known: entriesOf(parts), mine: () => false, keep: () => {}, close: () => {} };
      }
      beginRun(run, specs, whole);
      const store = kept(run, whole);
      for (const [unit, result] of entriesOf(parts)) {
        if (result.kind !== 'slice') store.keep(unit, result);
      }
      return store;
    },
  };
}
