import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeWhole } from '../../src/input/write-whole.js';
import { newFolder } from '../support/new-folder.js';

/** Happens once, when the next file that is written has half of its text. */
const half = vi.hoisted((): { way?: (() => void) | undefined } => ({}));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const inHalves = (file: string, text: string): void => {
    const middle = Math.floor(text.length / 2);
    fs.writeFileSync(file, text.slice(0, middle));
    const { way } = half;
    half.way = undefined;
    way?.();
    fs.appendFileSync(file, text.slice(middle));
  };
  return { ...fs, writeFileSync: inHalves };
});

describe('a file written whole', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = newFolder();
    file = join(folder, 'file');
    writeFileSync(file, 'what was there');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const text = (): string => readFileSync(file, 'utf8');

  test('is what was there until it is whole', () => {
    let seen: string | undefined;
    half.way = () => {
      seen = text();
    };
    writeWhole(file, 'what is new');
    expect([seen, text()]).toEqual(['what was there', 'what is new']);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('is what was there if writing fails, with nothing beside it', () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    half.way = () => {
      throw full;
    };
    expect(() => writeWhole(file, 'what is new')).toThrow(full);
    expect(text()).toBe('what was there');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('takes the place of a link', () => {
    const link = join(folder, 'link');
    symlinkSync('file', link);
    writeWhole(link, 'what is new');
    expect(lstatSync(link).isFile()).toBe(true);
    expect([readFileSync(link, 'utf8'), text()]).toEqual(['what is new', 'what was there']);
  });

  test('leaves nothing where it cannot be put in place', () => {
    mkdirSync(join(folder, 'taken'));
    expect(() => writeWhole(join(folder, 'taken'), 'what is new')).toThrow('EISDIR');
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });

  // Removing what is not there would fail too, and say so in the place of this.
  test.each([
    ['ENOENT', 'none'],
    ['ENOTDIR', 'file'],
  ])('fails with what kept it from being opened: %s', (code, parent) => {
    expect(() => writeWhole(join(folder, parent, 'file'), 'what is new')).toThrow(
      new RegExp(`^${code}: .*, open '`),
    );
  });

  test('is that of who ends last where two of one process write at once', () => {
    half.way = () => {
      writeWhole(file, 'of the second');
      expect(text()).toBe('of the second');
    };
    writeWhole(file, 'of the first, who ends last');
    expect(text()).toBe('of the first, who ends last');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
