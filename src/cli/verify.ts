import { BadInput } from '../input/bad-input.js';
import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { verifyJson } from '../report/json.js';
import { verifyText } from '../report/verify-text.js';
import { plural } from '../report/words.js';
import { type Shard, shardText } from '../runs/shards.js';
import type { Spec } from '../specs/spec.js';
import { planJobs } from '../verify/jobs.js';
import { type SearchOptions, search } from '../verify/search.js';
import { type VerifyReport, verify } from '../verify/verify.js';
import { announcer } from './announce.js';
import { Exit } from './exit.js';
import { withQueue } from './queue.js';
import { finishRun } from './run-folder.js';
import { type SearchFlags, searching } from './searching.js';
import { note, print, printJson, stdoutStyle } from './terminal.js';
import { type OutputFlags, type Outputs, outputsFor } from './verify-outputs.js';
import { mergedWork, type Work, type WorkFlags, workFor } from './verify-work.js';

/** Flags of what is printed and written. */
export interface ReportFlags extends SearchFlags, OutputFlags {
  readonly confirm?: string;
  readonly json?: true;
  readonly verbose?: true;
}

export interface VerifyFlags extends ReportFlags, WorkFlags {
  readonly queue?: string;
  readonly estimate?: true;
}

export interface MergeFlags extends ReportFlags {
  readonly run?: string;
}

function exitFor({ asExpected, complete }: VerifyReport, confirmed?: ConfirmedVerdicts): Exit {
  const answers = [...(confirmed?.answers.values() ?? [])];
  if (!asExpected || answers.some(({ state }) => state === 'refuted')) return Exit.unexpected;
  return complete ? Exit.ok : Exit.incomplete;
}

function show(
  { folder }: Work,
  flags: ReportFlags,
  outputs: Outputs,
  report: VerifyReport,
  confirmed?: ConfirmedVerdicts,
): Exit {
  if (flags.json === true) printJson(verifyJson(report, confirmed));
  else print(verifyText(report, stdoutStyle(), flags.verbose === true, confirmed));
  if (folder !== undefined) finishRun(folder, report, confirmed);
  outputs(report, confirmed);
  return exitFor(report, confirmed);
}

/** Does the work, and keeps it where it is to be kept. */
async function done<T>(
  work: Work,
  { queue, quiet }: VerifyFlags,
  options: SearchOptions,
  run: (options: SearchOptions) => Promise<T>,
): Promise<T> {
  const long = quiet !== true && (queue !== undefined || work.folder !== undefined);
  const told = long ? { onFound: announcer(work.specs) } : {};
  return withQueue(queue, work.specs, async (runner) => {
    const store = work.open();
    try {
      return await run({ ...options, ...told, ...runner, store });
    } finally {
      store.close();
    }
  });
}

const verified = (work: Work, flags: VerifyFlags, options: SearchOptions): Promise<VerifyReport> =>
  done(work, flags, options, (kept) => verify(work.specs, kept));

/** The same, and what is found of the release of a kernel is replayed there. */
async function verifiedOn(
  name: string,
  work: Work,
  flags: VerifyFlags,
  outputs: Outputs,
): Promise<Exit> {
  const { releaseBeside, withKernel } = await import('./kernel.js');
  const { confirmVerdicts } = await import('./verify-confirm.js');
  return withKernel(
    name,
    (kernel) => {
      releaseBeside(kernel, undefined);
      return searching(
        flags,
        async (options) => {
          const report = await verified(work, flags, options);
          return { report, confirmed: await confirmVerdicts(kernel, report, options.signal) };
        },
        ({ report, confirmed }) => {
          const exit = show(work, flags, outputs, report, confirmed);
          return confirmed === undefined && exit === Exit.ok ? Exit.incomplete : exit;
        },
      );
    },
    '--confirm',
  );
}

/** Does the work, prints the report, writes what else is asked for, and says how it went. */
async function reported(work: Work, flags: VerifyFlags): Promise<Exit> {
  const outputs = outputsFor(flags);
  if (flags.confirm !== undefined) return verifiedOn(flags.confirm, work, flags, outputs);
  return searching(
    flags,
    (options) => verified(work, flags, options),
    (report) => show(work, flags, outputs, report),
  );
}

/** What a report is asked for with: a part of the work has none. */
const OUTPUTS = ['confirm', 'json', 'verbose', 'junit', 'sarif', 'github'] as const;

/** Does a part of the work, without a report: what holds in one part may be broken in another. */
function partDone(work: Work, shard: Shard, flags: VerifyFlags): Promise<Exit> {
  const output = OUTPUTS.find((name) => flags[name] !== undefined);
  if (output !== undefined) {
    throw new BadInput(`--shard: found --${output}, expected it with merge, which has all parts`);
  }
  return searching(
    flags,
    (options) => done(work, flags, options, (kept) => search(planJobs(work.specs), kept)),
    ({ complete }) => {
      const end = complete ? 'done' : `interrupted; verify --resume ${work.folder} goes on`;
      print(`shard ${shardText(shard)} in ${work.folder}: ${end}`);
      return complete ? Exit.ok : Exit.incomplete;
    },
  );
}

/** What memory allows the searches that store states, said before they begin. */
const reachBounds = (specs: readonly Spec[]): string[] =>
  specs.flatMap(({ file, checks }) =>
    checks.flatMap((check) =>
      check.check !== 'reach'
        ? []
        : check.runs.map(
            ({ bounds }) =>
              `${file}: reach in ${plural(bounds.pages, 'page')} ends at ${plural(bounds.maxStates, 'state')}`,
          ),
    ),
  );

/** Runs the specs, all of the package's without any, or goes on with a run. */
export async function verifyCommand(paths: readonly string[], flags: VerifyFlags): Promise<Exit> {
  const work = workFor(paths, flags);
  if (flags.estimate === true) return (await import('./estimate.js')).estimated(work.specs, flags);
  if (flags.memory !== undefined) for (const line of reachBounds(work.specs)) note(line);
  return work.shard === undefined ? reported(work, flags) : partDone(work, work.shard, flags);
}

/** Puts the shards of a run together and reports on the whole. */
export const mergeCommand = async (folders: readonly string[], flags: MergeFlags): Promise<Exit> =>
  reported(mergedWork(folders, flags.run), flags);
