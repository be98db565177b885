import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { verifyJson } from '../report/json.js';
import { verifyText } from '../report/verify-text.js';
import { loadSpecs } from '../specs/load.js';
import type { Spec } from '../specs/spec.js';
import { type VerifyReport, verify } from '../verify/verify.js';
import { Exit } from './exit.js';
import { OWN_SPECS } from './package.js';
import { type SearchFlags, searching } from './searching.js';
import { print, printJson, stdoutStyle } from './terminal.js';
import { type OutputFlags, type Outputs, outputsFor } from './verify-outputs.js';

export interface VerifyFlags extends SearchFlags, OutputFlags {
  readonly confirm?: string;
  readonly json?: true;
  readonly verbose?: true;
}

function exitFor({ asExpected, complete }: VerifyReport, confirmed?: ConfirmedVerdicts): Exit {
  const answers = [...(confirmed?.answers.values() ?? [])];
  if (!asExpected || answers.some(({ state }) => state === 'refuted')) return Exit.unexpected;
  return complete ? Exit.ok : Exit.incomplete;
}

function show(
  flags: VerifyFlags,
  outputs: Outputs,
  report: VerifyReport,
  confirmed?: ConfirmedVerdicts,
): Exit {
  if (flags.json === true) printJson(verifyJson(report, confirmed));
  else print(verifyText(report, stdoutStyle(), flags.verbose === true, confirmed));
  outputs(report, confirmed);
  return exitFor(report, confirmed);
}

/** The same, and what is found of the release of a kernel is replayed there. */
async function verifiedOn(
  name: string,
  specs: readonly Spec[],
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
          const report = await verify(specs, options);
          return { report, confirmed: await confirmVerdicts(kernel, report, options.signal) };
        },
        ({ report, confirmed }) => {
          const exit = show(flags, outputs, report, confirmed);
          return confirmed === undefined && exit === Exit.ok ? Exit.incomplete : exit;
        },
      );
    },
    '--confirm',
  );
}

/** Runs the specs (all of the package's without any), prints the report, writes what else is asked for, and says how it went. */
export async function verifyCommand(paths: readonly string[], flags: VerifyFlags): Promise<Exit> {
  const specs = loadSpecs(paths.length === 0 ? [OWN_SPECS] : paths);
  const outputs = outputsFor(flags, specs);
  if (flags.confirm !== undefined) return verifiedOn(flags.confirm, specs, flags, outputs);
  return searching(
    flags,
    (options) => verify(specs, options),
    (report) => show(flags, outputs, report),
  );
}
