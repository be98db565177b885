import { beside, reportOutputs } from '../commands/options.js';
import { BadInput } from '../input/bad-input.js';
import { type ConfirmedVerdicts, refutedIn } from '../report/confirmed.js';
import { verifyText } from '../report/verify-text.js';
import { plural } from '../report/words.js';
import { type Shard, shardText } from '../runs/shards.js';
import type { Spec } from '../specs/spec.js';
import { planJobs } from '../verify/jobs.js';
import { type SearchOptions, search } from '../verify/search.js';
import { type VerifyReport, verify } from '../verify/verify.js';
import { Exit } from './exit.js';
import { withQueue } from './queue.js';
import { type SearchFlags, searching } from './searching.js';
import { note, print, printJson, stdoutStyle } from './terminal.js';
import type { OutputFlags } from './verify-outputs.js';
import { mergedWork, type Work, type WorkFlags, workFor } from './verify-work.js';

/** Flags of what is printed and written. */
export interface ReportFlags extends SearchFlags, OutputFlags {
  readonly confirm?: string;
  readonly modules?: true;
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

function exitFor({ asExpected, complete }: VerifyReport): Exit {
  if (!asExpected) return Exit.unexpected;
  return complete ? Exit.ok : Exit.incomplete;
}

/** Shows what was found. */
type Show = (report: VerifyReport, confirmed?: ConfirmedVerdicts) => void;

/** Whether it is asked for in another form, or GitHub Actions wants annotations. */
const wantsOutputs = (flags: ReportFlags): boolean =>
  beside.some(({ name }) => flags[name] !== undefined) || process.env['GITHUB_ACTIONS'] === 'true';

/** Prints it, and writes it in the other forms that are asked for, which are checked before the work. */
async function printed(flags: ReportFlags, { specs }: Work): Promise<Show> {
  // Loaded where it is asked for, as is what else most runs have no use for: a start has to read it.
  const outputs = wantsOutputs(flags)
    ? (await import('./verify-outputs.js')).outputsFor(
        flags,
        specs.map(({ path }) => path),
      )
    : undefined;
  const json = flags.json === true ? (await import('../report/json.js')).verifyJson : undefined;
  return (report, confirmed) => {
    if (json !== undefined) printJson(json(report, confirmed));
    else print(verifyText(report, stdoutStyle(), flags.verbose === true, confirmed));
    outputs?.(report, confirmed);
  };
}

/** Adds the report to a run that is kept. */
async function keptIn({ folder }: Work): Promise<Show> {
  if (folder === undefined) return () => {};
  const { finishRun } = await import('./run-report.js');
  return (report, confirmed) => finishRun(folder, report, confirmed);
}

/** What the work needs to know beside itself. */
type WorkingFlags = SearchFlags & Pick<VerifyFlags, 'confirm' | 'queue'>;

/** Does the work, and keeps it where it is to be kept. */
async function done<T>(
  work: Work,
  { queue, quiet }: WorkingFlags,
  options: SearchOptions,
  run: (options: SearchOptions) => Promise<T>,
): Promise<T> {
  const long = quiet !== true && (queue !== undefined || work.folder !== undefined);
  const told = long ? { onFound: (await import('./announce.js')).announcer(work.specs) } : {};
  return withQueue(queue, work.specs, async (runner) => {
    const store = work.open();
    try {
      return await run({ ...options, ...told, ...runner, store });
    } finally {
      store.close();
    }
  });
}

const verified = (work: Work, flags: WorkingFlags, options: SearchOptions): Promise<VerifyReport> =>
  done(work, flags, options, (kept) => verify(work.specs, kept));

/** The same, and what is found of the release of a kernel is replayed there. */
async function verifiedOn(
  name: string,
  work: Work,
  flags: WorkingFlags,
  show: Show,
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
          const found = await verified(work, flags, options);
          const confirmed = await confirmVerdicts(kernel, found, options.signal);
          const asExpected = found.asExpected && refutedIn(confirmed).size === 0;
          return { report: { ...found, asExpected }, confirmed };
        },
        ({ report, confirmed }) => {
          show(report, confirmed);
          const exit = exitFor(report);
          return confirmed === undefined && exit === Exit.ok ? Exit.incomplete : exit;
        },
      );
    },
    '--confirm',
  );
}

/** Does the work, shows what was found, and says how it went. */
async function reported(work: Work, flags: WorkingFlags, ...shows: readonly Show[]): Promise<Exit> {
  const kept = await keptIn(work);
  const show: Show = (report, confirmed) => {
    // What cannot be kept has been shown by then.
    for (const one of [...shows, kept]) one(report, confirmed);
  };
  if (flags.confirm !== undefined) return verifiedOn(flags.confirm, work, flags, show);
  return searching(
    flags,
    (options) => verified(work, flags, options),
    (report) => {
      show(report);
      return exitFor(report);
    },
  );
}

/** Runs specs, all of the package's without any, for somebody who shows it in another way, and makes ready for it when they are read. */
export const verifying = (
  paths: readonly string[],
  flags: SearchFlags & Pick<VerifyFlags, 'confirm' | 'modules'>,
  prepare: () => Show,
): Promise<Exit> => reported(workFor(paths, flags), flags, prepare());

/** Does a part of the work, without a report: what holds in one part may be broken in another. */
function partDone(work: Work, shard: Shard, flags: VerifyFlags): Promise<Exit> {
  const output = reportOutputs.find(({ name }) => name !== 'modules' && flags[name] !== undefined);
  if (output !== undefined) {
    const { name } = output;
    throw new BadInput(`--shard: found --${name}, expected it with merge, which has all parts`);
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
              `${file}: reach in ${plural(bounds.pages, 'page')} may have ${plural(bounds.maxStates, 'state')}, and ends as incomplete beyond`,
          ),
    ),
  );

/** An estimate does nothing that could be kept, written or shown to a kernel. */
function checkEstimate(flags: VerifyFlags): void {
  const others = [
    'run',
    'resume',
    'shard',
    'confirm',
    'queue',
    'verbose',
    ...beside.map(({ name }) => name),
  ];
  const other = others.find((name) => flags[name as keyof VerifyFlags] !== undefined);
  if (other !== undefined) {
    throw new BadInput(`--estimate: found --${other} beside it, which it does nothing for`);
  }
}

/** Runs the specs, all of the package's without any, or goes on with a run. */
export async function verifyCommand(paths: readonly string[], flags: VerifyFlags): Promise<Exit> {
  if (flags.estimate === true) checkEstimate(flags);
  const work = workFor(paths, flags);
  if (flags.estimate === true) return (await import('./estimate.js')).estimated(work.specs, flags);
  if (flags.memory !== undefined) for (const line of reachBounds(work.specs)) note(line);
  return work.shard === undefined
    ? reported(work, flags, await printed(flags, work))
    : partDone(work, work.shard, flags);
}

/** Puts the shards of a run together and reports on the whole. */
export async function mergeCommand(folders: readonly string[], flags: MergeFlags): Promise<Exit> {
  const work = mergedWork(folders, flags);
  return reported(work, flags, await printed(flags, work));
}
