import { readFileSync } from 'node:fs';
import { BadInput } from './bad-input.js';

/**
 * The text of a file, or of standard input (0); throws BadInput where it cannot be read.
 *
 * @param expected what the file should hold, for the message
 */
export function readText(file: string | 0, expected: string): string {
  try {
    // Some editors begin a file with a byte order mark, which is no part of the text.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    const name = file === 0 ? 'standard input' : file;
    throw new BadInput(`${name}: ${found}, expected ${expected}`);
  }
}
