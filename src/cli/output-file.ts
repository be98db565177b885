import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import { BadInput } from '../input/bad-input.js';
import { foundAt } from '../input/found-at.js';
import { nameBeside, writeWhole } from '../input/write-whole.js';

/** What keeps a file from being written, for a message. */
function fault(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'no such folder' : `cannot be written (${code})`;
}

/** Where the text goes in the end; a link stays one. */
function targetOf(file: string, where: string): string {
  if (file === '') throw new BadInput(`${where}"": found an empty name, expected a file to write`);
  const found = foundAt(file);
  if (found === undefined) return file;
  if (found.isFile()) return realpathSync(file);
  const what = found.isDirectory() ? 'a folder' : 'no regular file';
  throw new BadInput(`${where}: found ${what}, expected a file to write`);
}

/**
 * A file to write when the work is done, in one piece: nobody sees a part of it. Whether it can be
 * written is found out here, before the work.
 *
 * @param option that named the file, for messages
 * @returns writes the text
 * @throws BadInput, from here and from the function returned
 */
export function outputFile(file: string, option: string): (text: string) => void {
  const where = `${option} ${file}`;
  const attempt = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new BadInput(`${where}: ${fault(error)}, expected a file to write`);
    }
  };
  const target = attempt(() => targetOf(file, where));
  attempt(() => {
    const trial = nameBeside(target);
    writeFileSync(trial, '');
    rmSync(trial);
  });
  return (text) => attempt(() => writeWhole(target, text));
}
