import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { verifyJson } from '../report/json.js';
import { style } from '../report/style.js';
import { verifyText } from '../report/verify-text.js';
import { VERSION } from '../report/version.js';
import type { Spec } from '../specs/spec.js';
import type { VerifyReport } from '../verify/verify.js';
import { PACKAGE, packageVersion } from './package.js';
import { writeTraces } from './run-traces.js';

const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** The commit that a folder is at, `-dirty` where files differ from it; null outside of a clone. */
function revisionOf(folder: string): string | null {
  const asked = ['-C', folder, 'describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  const { status, stdout } = spawnSync('git', asked, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** As a shell takes it back. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What it takes to do the same again, taken down before the work. */
function circumstances(specs: readonly (readonly [string, Spec])[]): object {
  const command = ['mremap-check', ...process.argv.slice(2)];
  const folder = process.cwd();
  return {
    version: VERSION,
    command: command.map(quoted).join(' '),
    arguments: command,
    folder,
    started: new Date().toISOString(),
    specs: specs.map(([name, { path }]) => ({ path: resolve(path), kept: `specs/${name}` })),
    mremapCheck: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    revision: { mremapCheck: revisionOf(PACKAGE), folder: revisionOf(folder) },
  };
}

/** Specs by names of their own: two folders may have files of one name. */
function named(specs: readonly Spec[]): (readonly [string, Spec])[] {
  const taken = new Map<string, number>();
  return specs.map((spec) => {
    const times = (taken.get(spec.file) ?? 0) + 1;
    taken.set(spec.file, times);
    return [times === 1 ? spec.file : spec.file.replace(/(\.json)?$/, `-${times}$1`), spec];
  });
}

/** An empty folder may be there already; throws BadInput where there is more, or nothing can be made. */
function checkFolder(folder: string): void {
  try {
    const found = readdirSync(folder);
    if (found.length > 0) {
      throw new BadInput(
        `--run ${folder}: found a folder that is not empty, expected a new or an empty one`,
      );
    }
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      throw new BadInput(
        `--run ${folder}: cannot be read as a folder (${code}), expected a new one`,
      );
    }
  }
}

/** A folder beside the one that is to be, which becomes it when all is written. */
function folderBeside(folder: string): string {
  try {
    return mkdtempSync(`${resolve(folder)}.`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'no such folder to make it in' : `cannot be made (${code})`;
    throw new BadInput(`--run ${folder}: ${found}, expected a place for a new folder`);
  }
}

/**
 * A folder that keeps a run: `run.json` with the command and the versions, the specs as they were, the
 * report as text and JSON, and the traces of what is broken. It appears in one piece, at the end.
 *
 * @returns writes the folder
 * @throws BadInput if there is something in the folder, or it cannot be made
 */
export function runFolder(
  folder: string,
  specs: readonly Spec[],
): (report: VerifyReport, confirmed?: ConfirmedVerdicts) => void {
  checkFolder(folder);
  rmSync(folderBeside(folder), { recursive: true });
  const kept = named(specs);
  const about = circumstances(kept);
  return (report, confirmed) => {
    const fresh = folderBeside(folder);
    const write = (name: string, text: string): void => writeFileSync(join(fresh, name), text);
    try {
      write(
        'run.json',
        jsonText({ ...about, complete: report.complete, asExpected: report.asExpected }),
      );
      write('report.json', jsonText(verifyJson(report, confirmed)));
      write('report.txt', `${verifyText(report, style(false), true, confirmed)}\n`);
      mkdirSync(join(fresh, 'specs'));
      for (const [name, { text }] of kept) write(join('specs', name), text);
      writeTraces(join(fresh, 'traces'), report);
      renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  };
}
