import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as t from 'io-ts';
import { BadInput } from '../input/bad-input.js';
import { decode } from '../input/decode.js';
import { uniqueNames } from '../input/unique-names.js';
import { VERSION } from '../report/version.js';
import { headerLine, type JournalHeader, journalHeader } from '../runs/journal.js';
import type { Part } from '../runs/parts.js';
import { parseSpec } from '../specs/load.js';
import type { Spec } from '../specs/spec.js';
import { PACKAGE, packageVersion } from './package.js';

export const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** The commit that a folder is at, `-dirty` where files differ from it; null outside of a clone. */
function revisionOf(folder: string): string | null {
  const asked = ['-C', folder, 'describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  const { status, stdout } = spawnSync('git', asked, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** As a shell takes it back. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** A spec where it was, the folder that paths in it are relative to, and where it is kept in the folder of the run. */
interface KeptSpec {
  readonly path: string;
  readonly folder: string;
  readonly kept: string;
}

/** What it takes to do the same again, taken down before the work. */
function circumstances(
  specs: readonly (readonly [string, Spec])[],
  { program, work, units, shard }: JournalHeader,
): object {
  const command = ['mremap-check', ...process.argv.slice(2)];
  const folder = process.cwd();
  return {
    version: VERSION,
    command: command.map(quoted).join(' '),
    arguments: command,
    folder,
    started: new Date().toISOString(),
    specs: specs.map(
      ([name, { path }]): KeptSpec => ({
        path: resolve(path),
        folder: resolve(folderOfSpec(path)),
        kept: name,
      }),
    ),
    mremapCheck: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    revision: {
      // Installed, it lies in a folder of somebody else's commits.
      mremapCheck: existsSync(join(PACKAGE, '.git')) ? revisionOf(PACKAGE) : null,
      folder: revisionOf(folder),
    },
    fingerprints: { program, work },
    units,
    ...(shard === undefined ? {} : { shard }),
  };
}

/** Specs by names of their own: two folders may have files of one name. */
function named(specs: readonly Spec[]): (readonly [string, Spec])[] {
  const files = specs.map(({ file }) => file);
  const names = uniqueNames(files, (file, n) => file.replace(/(\.json)?$/, `-${n}$1`));
  return specs.map((spec, i) => [`specs/${names[i]}`, spec]);
}

/** An empty folder may be there already; throws BadInput where there is more, or nothing can be made. */
export function checkNewFolder(folder: string): void {
  try {
    const found = readdirSync(folder);
    if (found.length > 0) {
      const goesOn = existsSync(join(folder, JOURNAL))
        ? `; --resume ${folder} goes on with it`
        : '';
      throw new BadInput(
        `--run ${folder}: found a folder that is not empty, expected a new or an empty one${goesOn}`,
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
  rmSync(folderBeside(folder), { recursive: true });
}

/** Makes something of the folder of a run; throws BadInput where the system does not let it. */
function making<T>(folder: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const found = code === 'ENOENT' ? 'no such folder to make it in' : `cannot be made (${code})`;
    throw new BadInput(`--run ${folder}: ${found}, expected a place for a new folder`);
  }
}

/** A folder beside the one that is to be, which becomes it when all is written. */
function folderBeside(folder: string): string {
  const fresh = `${resolve(folder)}.${randomUUID()}`;
  // Others may read it: mkdtemp() makes folders for oneself alone.
  making(folder, () => mkdirSync(fresh));
  return fresh;
}

const JOURNAL = 'journal.jsonl';

/** Where a run keeps what is done of it. */
export const journalOf = (folder: string): string => join(folder, JOURNAL);

/** Says who is at work in the folder of a run. */
export const lockOf = (folder: string): string => join(folder, 'lock');

/**
 * A folder that keeps a run: `run.json` with the command and the versions, the specs as they were, and a
 * journal that what is done is added to. It appears in one piece. `finishRun` adds the report.
 *
 * @throws BadInput if there is something in the folder, or it cannot be made
 */
export function beginRun(folder: string, specs: readonly Spec[], header: JournalHeader): void {
  checkNewFolder(folder);
  const fresh = folderBeside(folder);
  const write = (name: string, text: string): void => writeFileSync(join(fresh, name), text);
  try {
    const kept = named(specs);
    making(folder, () => {
      write('run.json', jsonText(circumstances(kept, header)));
      mkdirSync(join(fresh, 'specs'));
      for (const [name, { text }] of kept) write(name, text);
      write(JOURNAL, headerLine(header));
      try {
        renameSync(fresh, folder);
      } catch (error) {
        // Somebody else was faster: says so.
        checkNewFolder(folder);
        throw error;
      }
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A run that was begun. */
export interface OpenRun extends Part {
  readonly specs: readonly Spec[];
}

function text(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found =
      code === 'ENOENT' ? `found no ${name}` : `found ${name}, which cannot be read (${code})`;
    const where = folder === '' ? '""' : folder;
    throw new BadInput(`${where}: ${found}, expected a folder as verify --run makes it`);
  }
}

const keptSpecsCodec = t.type(
  { specs: t.array(t.type({ path: t.string, folder: t.string, kept: t.string }, 'a kept spec')) },
  'what verify --run wrote',
);

const keptSpecs = (folder: string): readonly KeptSpec[] =>
  decode(keptSpecsCodec, parsedRun(folder), join(folder, 'run.json')).specs;

/** The specs of a run as they were, by the names that they had. */
const specsOf = (folder: string, modules: boolean): Spec[] =>
  keptSpecs(folder).map(({ path, folder: own, kept }) =>
    parseSpec(text(folder, kept), path, modules, own),
  );

/** The folder that paths in a spec are relative to: its own, or if a run keeps it, that in which it was. */
export function folderOfSpec(file: string): string {
  const run = resolve(dirname(file), '..');
  if (!existsSync(journalOf(run))) return dirname(file);
  const one = keptSpecs(run).find(({ kept }) => join(run, kept) === resolve(file));
  return one?.folder ?? dirname(file);
}

export function parsedRun(folder: string): Readonly<Record<string, unknown>> {
  const found = text(folder, 'run.json');
  try {
    const value: unknown = JSON.parse(found);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new BadInput(
    `${join(folder, 'run.json')}: found no JSON object, expected what verify --run wrote`,
  );
}

/**
 * A run as it was left; throws BadInput where it is none.
 *
 * @param modules whether its releases may be patches that are code
 */
export function openRun(folder: string, modules = false): OpenRun {
  const specs = specsOf(folder, modules);
  const file = journalOf(folder);
  if (!existsSync(file)) {
    throw new BadInput(
      `${folder}: found no ${JOURNAL}, expected a folder as verify --run makes it`,
    );
  }
  return { folder, file, specs, header: journalHeader(file) };
}
