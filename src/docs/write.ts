import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { writeWhole } from '../input/write-whole.js';
import { MADE_BY } from './spec/pages.js';

/** What has become of a folder of documents. */
export interface Written {
  /** Paths below the folder, sorted. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const textOf = (path: string): string | undefined =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(path, 'utf8')
    : undefined;

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, text);
}

const filesBelow = (folder: string): string[] =>
  isFolder(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    : [];

/** Documents of an earlier run that are made no more; what somebody else wrote has no such mark. */
const stale = (folder: string, documents: ReadonlyMap<string, string>): string[] =>
  filesBelow(folder).filter((path) => {
    const isDocument = path.endsWith('.md') || path.endsWith('.svg');
    if (!isDocument || documents.has(path.split(sep).join('/'))) return false;
    return readFileSync(join(folder, path), 'utf8').includes(`<!-- ${MADE_BY} -->`);
  });

/**
 * Brings a folder up to date. What is right already is not touched, and files that the documents do not own
 * stay.
 *
 * @throws {BadInput} if the folder cannot be written to
 */
export function writeDocuments(folder: string, documents: ReadonlyMap<string, string>): Written {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true) {
    throw new BadInput(`${folder} is a file, expected a folder`);
  }
  try {
    const changed = [...documents].filter(([path, text]) => textOf(join(folder, path)) !== text);
    for (const [path, text] of changed) put(join(folder, path), text);
    const removed = stale(folder, documents);
    for (const path of removed) rmSync(join(folder, path));
    return { written: changed.map(([path]) => path).sort(), removed: removed.sort() };
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new BadInput(`${folder} cannot be written to: ${error.message}`);
    }
    throw error;
  }
}
