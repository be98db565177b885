import { fileURLToPath } from 'node:url';
import { verifyJson } from '../report/json.js';
import { verifyText } from '../report/verify-text.js';
import { loadSpecs } from '../specs/load.js';
import { type VerifyReport, verify } from '../verify/verify.js';
import { Exit } from './exit.js';
import { type SearchFlags, searching } from './searching.js';
import { print, printJson, stdoutStyle } from './terminal.js';

export interface VerifyFlags extends SearchFlags {
  readonly json?: true;
  readonly verbose?: true;
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
  return searching(
    flags,
    (options) => verify(specs, options),
    (report) => {
      if (flags.json === true) printJson(verifyJson(report));
      else print(verifyText(report, stdoutStyle(), flags.verbose === true));
      return exitFor(report);
    },
  );
}
