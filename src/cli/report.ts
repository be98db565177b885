import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type VerifiedData, verifiedData } from '../html/from-verify.js';
import { countedBehaviours, measuredGrowth } from '../html/growth.js';
import { pageWith, SIGN } from '../html/page.js';
import { BadInput } from '../input/bad-input.js';
import { parseJson } from '../input/decode.js';
import { makeFolder } from '../input/make-folder.js';
import { inputName, readInput, readText } from '../input/read-text.js';
import { verifyJson } from '../report/json.js';
import { Exit } from './exit.js';
import { outputFile } from './output-file.js';
import { packageVersion } from './package.js';
import type { SearchFlags } from './searching.js';
import { note } from './terminal.js';
import { type VerifyFlags, verifying } from './verify.js';

export interface ReportFlags extends SearchFlags, Pick<VerifyFlags, 'confirm' | 'modules'> {
  readonly out: string;
  readonly from?: string;
}

/** The file to write; throws BadInput where there is one that is not ours. */
function targetIn(folder: string): string {
  const file = join(folder, 'index.html');
  if (folder === '') throw new BadInput('-o "": found an empty name, expected a folder');
  if (existsSync(file) && !readText(file, 'an older report').includes(SIGN)) {
    throw new BadInput(
      `${file}: found a file that is no report, expected none or an older report; name another folder with -o`,
    );
  }
  try {
    makeFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(`-o ${folder}: cannot be made (${code}), expected a folder`);
  }
  return file;
}

/** What a file says that `verify --json` wrote; throws BadInput. */
function verifiedFile(file: string, modules: boolean): VerifiedData {
  const where = inputName(file);
  const text = readInput(file, 'what verify --json wrote');
  return verifiedData(parseJson(text, where), where, modules);
}

/** Makes sure of the file to write, and says how it is made; throws BadInput. */
function pageIn(folder: string): (verified: VerifiedData) => void {
  const file = targetIn(folder);
  const write = outputFile(file, '-o');
  return (verified) => {
    const page = pageWith({
      version: packageVersion(),
      ...verified,
      growth: measuredGrowth(),
      behaviours: countedBehaviours(),
    });
    write(page);
    note(`wrote ${file} (${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB)`);
  };
}

/** Makes the page of a verification, which it runs unless it is given what one wrote. */
export async function reportCommand(
  specs: readonly string[],
  { out, from, ...flags }: ReportFlags,
): Promise<Exit> {
  if (from !== undefined) {
    if (specs.length > 0 || flags.confirm !== undefined) {
      throw new BadInput('--from: found specs or --confirm beside it, expected it alone');
    }
    const verified = verifiedFile(from, flags.modules === true);
    pageIn(out)(verified);
    const { asExpected, complete } = verified;
    return asExpected ? (complete ? Exit.ok : Exit.incomplete) : Exit.unexpected;
  }
  return verifying(specs, flags, () => {
    const make = pageIn(out);
    return (report, confirmed) => {
      // As a file would have it, so that there is one way into the page.
      const json: unknown = JSON.parse(JSON.stringify(verifyJson(report, confirmed)));
      // What specs name was looked at when they were read.
      make(verifiedData(json, 'the verification', true));
    };
  });
}
