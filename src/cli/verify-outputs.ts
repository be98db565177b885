import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { casesReport } from '../report/ci/cases.js';
import { FORMATS, type Format } from '../report/ci/formats.js';
import { githubAnnotations } from '../report/ci/github.js';
import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { verifyJson } from '../report/json.js';
import { plural } from '../report/words.js';
import { tracesIn } from '../trace/read.js';
import { releaseToCall } from '../verify/execute.js';
import type { VerifyReport } from '../verify/verify.js';
import { outputFile } from './output-file.js';
import { packageVersion } from './package.js';
import { note } from './terminal.js';
import { traceFolder, writeTraces } from './trace-files.js';

/** What `verify` writes besides its report. */
export type OutputFlags = { readonly [F in Format]?: string } & {
  readonly github?: true;
  readonly traces?: string;
};

export type Outputs = (report: VerifyReport, confirmed?: ConfirmedVerdicts) => void;

const formats = Object.keys(FORMATS) as readonly Format[];

/** Links followed. */
const placeOf = (file: string): string => (existsSync(file) ? realpathSync(file) : resolve(file));

/** Two options that name one file would leave only one of the two, and one that names a spec would take its place. */
function checkDistinct(flags: OutputFlags, specs: readonly string[]): void {
  const by = new Map<string, Format>();
  const given = new Set(specs.map(placeOf));
  for (const format of formats) {
    const file = flags[format];
    if (file === undefined) continue;
    const place = placeOf(file);
    if (given.has(place)) {
      throw new BadInput(`--${format} ${file}: found a spec of this run, expected another file`);
    }
    const other = by.get(place);
    if (other !== undefined) {
      throw new BadInput(`found --${other} and --${format} with ${file}, expected a file for each`);
    }
    by.set(place, format);
  }
}

/** Makes the folder, and says what was written into it. */
function tracesInto(folder: string): Outputs {
  traceFolder(folder);
  return (report) => {
    const files = writeTraces(folder, tracesIn(verifyJson(report), 'the report'), releaseToCall);
    note(`${folder}: ${plural(files, 'file')} of traces`);
  };
}

/** Where GitHub Actions runs the command, and looks for files from; else where the user does. */
const root = (): string => process.env['GITHUB_WORKSPACE'] ?? process.cwd();

/**
 * The outputs that the flags ask for, made ready before the run; what cannot be written is refused here.
 *
 * @param specs files that the run is of
 * @returns writes them all, files first, and the annotations to stderr, which the runner reads too
 * @throws BadInput
 */
export function outputsFor(flags: OutputFlags, specs: readonly string[]): Outputs {
  checkDistinct(flags, specs);
  const files = formats.flatMap((format) => {
    const file = flags[format];
    return file === undefined ? [] : [{ format, write: outputFile(file, `--${format}`) }];
  });
  const traces = flags.traces === undefined ? undefined : tracesInto(flags.traces);
  const annotate = flags.github === true || process.env['GITHUB_ACTIONS'] === 'true';
  return (report, confirmed) => {
    traces?.(report, confirmed);
    if (files.length === 0 && !annotate) return;
    const cases = casesReport(report, { version: packageVersion(), root: root() }, confirmed);
    for (const { format, write } of files) write(FORMATS[format](cases));
    if (annotate) for (const line of githubAnnotations(cases)) note(line);
  };
}
