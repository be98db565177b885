import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { BadInput } from '../input/bad-input.js';
import { fullVersion } from './version.js';

/** Where the header of a bzImage has its magic, and a pointer to its version (Documentation/arch/x86/boot.rst). */
const MAGIC = { at: 0x202, text: 'HdrS' } as const;
const VERSION_POINTER = 0x20e;
const SETUP_CODE = 0x200;
/** How long its two parts are: sectors behind the first one, and words of 16 bytes. */
const SETUP_SECTORS = { at: 0x1f1, unit: 512, unless: 4 } as const;
const KERNEL_WORDS = { at: 0x1f4, unit: 16 } as const;
/** No real-mode part of an image is longer. */
const HEAD = 1 << 16;

interface ImageFile {
  readonly head: Buffer;
  /** Of the whole file, in bytes. */
  readonly size: number;
}

function opened(file: string): ImageFile {
  let fd: number | undefined;
  try {
    const status = statSync(file);
    if (!status.isFile()) {
      throw new BadInput(`${file}: found no regular file, expected a kernel image (bzImage)`);
    }
    fd = openSync(file, 'r');
    const head = Buffer.alloc(HEAD);
    return { head: head.subarray(0, readSync(fd, head, 0, HEAD, 0)), size: status.size };
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    throw new BadInput(`${file}: ${found}, expected a kernel image (bzImage)`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** How many bytes an image has by its header; signed ones have more. */
function announced(head: Buffer): number {
  const sectors = head.readUInt8(SETUP_SECTORS.at) || SETUP_SECTORS.unless;
  const words = head.readUInt32LE(KERNEL_WORDS.at);
  return (sectors + 1) * SETUP_SECTORS.unit + words * KERNEL_WORDS.unit;
}

/** The version that a bzImage names; throws BadInput for any other file, and for a part of one. */
export function imageVersion(file: string): string {
  const { head, size } = opened(file);
  const { at, text } = MAGIC;
  if (head.toString('latin1', at, at + text.length) !== text) {
    throw new BadInput(
      `${file}: found no "${text}" at byte ${at}, expected a kernel image for x86-64 (bzImage)`,
    );
  }
  if (size < announced(head)) {
    throw new BadInput(
      `${file}: found ${size} bytes, expected the ${announced(head)} that its header announces: a part of a kernel image`,
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
