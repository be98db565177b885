import { readFileSync, statSync } from 'node:fs';
import { BadInput } from './bad-input.js';

const STDIN = 'standard input';

/** What keeps a file from being read, for a message. */
function fault(file: string | 0, code: string | undefined, expected: string): string {
  const name = file === 0 ? STDIN : file;
  if (file === '') return `"": found an empty name, expected a file with ${expected}`;
  if (code === 'EISDIR') return `${name}: found a folder, expected a file with ${expected}`;
  const found = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
  return `${name}: ${found}, expected ${expected}`;
}

/**
 * The text of a file, or of standard input (0); throws BadInput where it cannot be read.
 *
 * @param expected what the file should hold, for the message
 */
export function readText(file: string | 0, expected: string): string {
  let bytes: Buffer;
  try {
    if (file !== 0 && statSync(file).isCharacterDevice()) {
      throw new BadInput(`${file}: found a device, expected a file with ${expected}`);
    }
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(fault(file, (error as NodeJS.ErrnoException).code, expected));
  }
  try {
    // Some editors begin a file with a byte order mark, which is no part of the text: the decoder drops it.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const name = file === 0 ? STDIN : file;
    throw new BadInput(`${name}: found bytes that are not UTF-8, expected ${expected}`);
  }
}

/** What an argument that names a file is called in messages; `-` is standard input. */
export const inputName = (file: string): string => (file === '-' ? STDIN : file);

/** The text of what an argument names; throws BadInput as `readText` does. */
export const readInput = (file: string, expected: string): string =>
  readText(file === '-' ? 0 : file, expected);
