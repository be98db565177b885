import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { foundAt } from '../input/found-at.js';
import { makeFolder } from '../input/make-folder.js';
import { writeWhole } from '../input/write-whole.js';
import { MADE_BY } from './spec/pages.js';

/** What has become of a folder of documents. */
export interface Written {
  /** Paths below the folder, sorted. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

const isFolder = (path: string): boolean => foundAt(path)?.isDirectory() === true;

const textOf = (path: string): string | undefined =>
  foundAt(path)?.isFile() === true ? readFileSync(path, 'utf8') : undefined;

function put(path: string, text: string): void {
  makeFolder(dirname(path));
  writeWhole(path, text);
}

const filesBelow = (folder: string): string[] =>
  isFolder(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    : [];

const isOurs = (text: string): boolean => text.includes(`<!-- ${MADE_BY} -->`);

/** Throws BadInput where somebody else's file is in the place of a document. */
function checkOurs(path: string): void {
  const found = textOf(path);
  if (found === undefined || isOurs(found)) return;
  throw new BadInput(
    `${path}: found a file that is no document of mremap-check, expected none or an older one; name another folder with -o`,
  );
}

/** Documents of an earlier run that are made no more; what somebody else wrote has no such mark. */
const stale = (folder: string, documents: ReadonlyMap<string, string>): string[] =>
  filesBelow(folder).filter((path) => {
    const isDocument = path.endsWith('.md') || path.endsWith('.svg');
    if (!isDocument || documents.has(path.split(sep).join('/'))) return false;
    return isOurs(readFileSync(join(folder, path), 'utf8'));
  });

/**
 * Brings a folder up to date. What is right already is not touched, and files that the documents do not own
 * stay.
 *
 * @throws {BadInput} if the folder cannot be written to
 */
export function writeDocuments(folder: string, documents: ReadonlyMap<string, string>): Written {
  if (folder === '') throw new BadInput('"": found an empty name, expected a folder');
  if (foundAt(folder)?.isFile() === true) {
    throw new BadInput(`${folder}: found a file, expected a folder`);
  }
  try {
    const changed = [...documents].filter(([path, text]) => textOf(join(folder, path)) !== text);
    for (const [path] of changed) checkOurs(join(folder, path));
    for (const [path, text] of changed) put(join(folder, path), text);
    const removed = stale(folder, documents);
    for (const path of removed) rmSync(join(folder, path));
    return { written: changed.map(([path]) => path).sort(), removed: removed.sort() };
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new BadInput(`${folder}: cannot be written to (${error.code}), expected a folder`);
    }
    throw error;
  }
}
