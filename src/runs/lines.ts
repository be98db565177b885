import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { BadInput } from '../input/bad-input.js';

const BLOCK = 1 << 20;

/** Opened to read; throws BadInput where it is no file, or cannot be read. */
function opened(file: string): number {
  try {
    if (statSync(file).isFile()) return openSync(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(`${file}: cannot be read (${code}), expected a journal`);
  }
  throw new BadInput(`${file}: found no regular file, expected a journal`);
}

/** The lines of a file, one after the other: a journal may be longer than a string can be. */
export function* linesOf(file: string): Generator<string> {
  const descriptor = opened(file);
  try {
    const block = Buffer.alloc(BLOCK);
    let rest: Buffer[] = [];
    for (;;) {
      const bytes = readSync(descriptor, block);
      if (bytes === 0) break;
      let from = 0;
      for (;;) {
        const end = block.subarray(0, bytes).indexOf(10, from);
        if (end < 0) break;
        yield Buffer.concat([...rest, block.subarray(from, end)]).toString();
        rest = [];
        from = end + 1;
      }
      rest.push(Buffer.from(block.subarray(from, bytes)));
    }
    const last = Buffer.concat(rest);
    if (last.length > 0) yield last.toString();
  } finally {
    closeSync(descriptor);
  }
}
