import { closeSync, openSync, readSync } from 'node:fs';

const BLOCK = 1 << 20;

/** The lines of a file, one after the other: a journal may be longer than a string can be. */
export function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
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
