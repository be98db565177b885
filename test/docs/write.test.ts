import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MADE_BY } from '../../src/docs/spec/pages.js';
import { writeDocuments } from '../../src/docs/write.js';
import { BadInput } from '../../src/input/bad-input.js';
import { newFolder } from '../support/new-folder.js';

const made = (says: string): string => `<!-- ${MADE_BY} -->\n\n${says}\n`;
const DOCUMENTS = new Map([
  ['README.md', made('index')],
  ['releases/v1.md', made('one')],
]);

describe('a folder of documents', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();

  test('is filled, and then left as it is', () => {
    expect(writeDocuments(folder, DOCUMENTS).written).toEqual(['README.md', 'releases/v1.md']);
    const inode = statSync(join(folder, 'README.md')).ino;
    expect(writeDocuments(folder, DOCUMENTS)).toEqual({ written: [], removed: [] });
    expect(statSync(join(folder, 'README.md')).ino).toBe(inode);
    expect(files()).toEqual(['README.md', 'releases/v1.md']);
  });

  test('loses what is made no more, and nothing else', () => {
    mkdirSync(join(folder, 'releases'));
    writeFileSync(join(folder, 'releases/v0.md'), made('of an earlier run'));
    writeFileSync(join(folder, 'releases/notes.md'), 'by hand\n');
    writeFileSync(join(folder, 'README.txt'), made('no document'));
    expect(writeDocuments(folder, DOCUMENTS).removed).toEqual([join('releases', 'v0.md')]);
    expect(files()).toEqual(['README.md', 'README.txt', 'releases/notes.md', 'releases/v1.md']);
  });

  test('has a document that was edited put right', () => {
    writeDocuments(folder, DOCUMENTS);
    writeFileSync(join(folder, 'README.md'), `${made('index')}and more\n`);
    expect(writeDocuments(folder, DOCUMENTS).written).toEqual(['README.md']);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(made('index'));
  });

  test('is not a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => writeDocuments(file, DOCUMENTS)).toThrow(
      new BadInput(`${file}: found a file, expected a folder`),
    );
  });

  test.each(['file/below', 'file/far/below'])('is not below a file: %s', (path) => {
    writeFileSync(join(folder, 'file'), '');
    const below = join(folder, path);
    expect(() => writeDocuments(below, DOCUMENTS)).toThrow(
      new BadInput(`${below}: cannot be written to (ENOTDIR), expected a folder`),
    );
  });

  test('that cannot be made is bad input, and nothing half is left', () => {
    writeFileSync(join(folder, 'releases'), 'in the way');
    expect(() => writeDocuments(folder, DOCUMENTS)).toThrow(BadInput);
    expect(files().filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
