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
import { type OutputFlags, outputsFor } from './verify-outputs.js';

export interface VerifyFlags extends SearchFlags, OutputFlags {
  readonly confirm?: string;
  readonly modules?: true;
  readonly json?: true;
  readonly verbose?: true;
}

function exitFor({ asExpected, complete }: VerifyReport, confirmed?: ConfirmedVerdicts): Exit {
  const answers = [...(confirmed?.answers.values() ?? [])];
  if (!asExpected || answers.some(({ state }) => state === 'refuted')) return Exit.unexpected;
  return complete ? Exit.ok : Exit.incomplete;
}

/** Shows what was found. */
type Show = (report: VerifyReport, confirmed?: ConfirmedVerdicts) => void;

/** The same, and what is found of the release of a kernel is replayed there. */
async function verifiedOn(
  name: string,
  specs: readonly Spec[],
  flags: SearchFlags,
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
          const report = await verify(specs, options);
          return { report, confirmed: await confirmVerdicts(kernel, report, options.signal) };
        },
        ({ report, confirmed }) => {
          show(report, confirmed);
          const exit = exitFor(report, confirmed);
          return confirmed === undefined && exit === Exit.ok ? Exit.incomplete : exit;
        },
      );
    },
    '--confirm',
  );
}

/**
 * Runs the specs (all of the package's without any), shows what was found, and says how it went.
 *
 * @param showing how it is shown; asked for before anything is run, so that bad input ends it then
 */
export async function verifying(
  paths: readonly string[],
  flags: SearchFlags & Pick<VerifyFlags, 'confirm' | 'modules'>,
  showing: (specs: readonly Spec[]) => Show,
): Promise<Exit> {
  const specs = loadSpecs(paths.length === 0 ? [OWN_SPECS] : paths, flags.modules);
  const show = showing(specs);
  if (flags.confirm !== undefined) return verifiedOn(flags.confirm, specs, flags, show);
  return searching(
    flags,
    (options) => verify(specs, options),
    (report) => {
      show(report);
      return exitFor(report);
    },
  );
}

/** The same, printed, and written in the other forms that are asked for. */
export const verifyCommand = (paths: readonly string[], flags: VerifyFlags): Promise<Exit> =>
  verifying(paths, flags, (specs) => {
    const outputs = outputsFor(flags, specs);
    return (report, confirmed) => {
      if (flags.json === true) printJson(verifyJson(report, confirmed));
      else print(verifyText(report, stdoutStyle(), flags.verbose === true, confirmed));
      outputs(report, confirmed);
    };
  });
