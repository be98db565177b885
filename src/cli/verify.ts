import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { verifyJson } from '../report/json.js';
import { verifyText } from '../report/verify-text.js';
import { loadSpecs } from '../specs/load.js';
import { type VerifyReport, verify } from '../verify/verify.js';
import { Exit } from './exit.js';
import { ProgressLine } from './progress.js';
import { note, print, printJson, stdoutStyle } from './terminal.js';

export interface VerifyFlags {
  readonly json?: true;
  readonly verbose?: true;
  readonly quiet?: true;
  readonly workers?: number;
}

/** The specs that come with the package. */
const OWN_SPECS = fileURLToPath(new URL('../../specs', import.meta.url));

function exitFor({ asExpected, complete }: VerifyReport): Exit {
  if (!asExpected) return Exit.unexpected;
  return complete ? Exit.ok : Exit.incomplete;
}

/** Runs the specs (all of the package's without any), prints the report, and says how it went. */
export async function verifyCommand(paths: readonly string[], flags: VerifyFlags): Promise<Exit> {
  const specs = loadSpecs(paths.length === 0 ? [OWN_SPECS] : paths);
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(Exit.incomplete);
    note('\ninterrupted: reporting what is done');
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const progress = flags.quiet === true ? undefined : new ProgressLine();
  const report = await verify(specs, {
    workers: flags.workers ?? availableParallelism(),
    signal: interruption.signal,
    ...(progress === undefined ? {} : { onProgress: (p) => progress.show(p) }),
  });
  progress?.end();
  if (flags.json === true) printJson(verifyJson(report));
  else print(verifyText(report, stdoutStyle(), flags.verbose === true));
  if (progress !== undefined) note(`${progress.seconds.toFixed(1)} s`);
  return exitFor(report);
}
