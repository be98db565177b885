import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { BadInput } from '../input/bad-input.js';
import { fullVersion } from './version.js';

/** Where the header of a bzImage has its magic, and a pointer to its version (Documentation/arch/x86/boot.rst). */
const MAGIC = { at: 0x202, text: 'HdrS' } as const;
const VERSION_POINTER = 0x20e;
const SETUP_CODE = 0x200;
/** No real-mode part of an image is longer. */
const HEAD = 1 << 16;

function headOf(file: string): Buffer {
  let fd: number | undefined;
  try {
    if (!statSync(file).isFile()) {
      throw new BadInput(`${file}: found no regular file, expected a kernel image (bzImage)`);
    }
    fd = openSync(file, 'r');
    const head = Buffer.alloc(HEAD);
    return head.subarray(0, readSync(fd, head, 0, HEAD, 0));
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    throw new BadInput(`${file}: ${found}, expected a kernel image (bzImage)`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The version that a bzImage names; throws BadInput for any other file. */
export function imageVersion(file: string): string {
  const head = headOf(file);
  const { at, text } = MAGIC;
  if (head.toString('latin1', at, at + text.length) !== text) {
    throw new BadInput(
      `${file}: found no "${text}" at byte ${at}, expected a kernel image for x86-64 (bzImage)`,
    );
  }
  const start = head.readUInt16LE(VERSION_POINTER) + SETUP_CODE;
  const banner = /^([^\s\0]+)([^\0]*)/.exec(head.toString('latin1', start, start + 512));
  if (banner === null) {
    throw new BadInput(
      `${file}: found no version in its header, expected a kernel image (bzImage)`,
    );
  }
  return fullVersion(banner[1] as string, banner[2] as string);
}
