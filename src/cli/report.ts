import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifiedData } from '../html/from-verify.js';
import { countedBehaviours, measuredGrowth } from '../html/growth.js';
import { pageWith, SIGN } from '../html/page.js';
import { BadInput } from '../input/bad-input.js';
import { parseJson } from '../input/decode.js';
import { inputName, readInput } from '../input/read-text.js';
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
  if (existsSync(file) && !readFileSync(file, 'utf8').includes(SIGN)) {
    throw new BadInput(
      `${file}: found a file that is no report, expected none or an older report; name another folder with -o`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(`-o ${folder}: cannot be made (${code}), expected a folder`);
  }
  return file;
}

/** Makes the page of a verification, which it runs unless it is given what one wrote. */
export async function reportCommand(
  specs: readonly string[],
  { out, from, ...flags }: ReportFlags,
): Promise<Exit> {
  if (from !== undefined && (specs.length > 0 || flags.confirm !== undefined)) {
    throw new BadInput('--from: found specs or --confirm beside it, expected it alone');
  }
  const file = targetIn(out);
  const write = outputFile(file, '-o');
  const make = (json: unknown, where: string): { asExpected: boolean; complete: boolean } => {
    // What specs name was looked at when they were read.
    const verified = verifiedData(json, where, from === undefined || flags.modules === true);
    const page = pageWith({
      version: packageVersion(),
      ...verified,
      growth: measuredGrowth(),
      behaviours: countedBehaviours(),
    });
    write(page);
    note(`wrote ${file} (${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB)`);
    return verified;
  };
  if (from !== undefined) {
    const where = inputName(from);
    const text = readInput(from, 'what verify --json wrote');
    const { asExpected, complete } = make(parseJson(text, where), where);
    return asExpected ? (complete ? Exit.ok : Exit.incomplete) : Exit.unexpected;
  }
  return verifying(specs, flags, (report, confirmed) => {
    // As a file would have it, so that there is one way into the page.
    const json: unknown = JSON.parse(JSON.stringify(verifyJson(report, confirmed)));
    make(json, 'the verification');
  });
}
