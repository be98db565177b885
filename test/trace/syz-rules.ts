const HEX = '0x[0-9a-f]+';
const POINTER = `&\\(${HEX}(?:/${HEX})?\\)=(?:nil|""/[0-9]+|'[^']*')`;
const ARGUMENT = `(?:nil|AUTO|${HEX}|r[0-9]+|${POINTER})`;
const CALL = new RegExp(
  `^(?:r[0-9]+ = )?[a-z0-9_]+(?:\\$[a-zA-Z0-9_]+)?\\((?:${ARGUMENT}(?:, ${ARGUMENT})*)?\\)(?: \\((?:async|fail_nth: [0-9]+)\\))?$`,
);

/** Calls that programs use, with the number of their arguments. */
const CALLS: Readonly<Record<string, number>> = {
  mmap: 6,
  mremap: 5,
  munmap: 2,
  mprotect: 3,
  mlock: 2,
  munlock: 2,
  mseal: 3,
  pread64: 4,
  memfd_create: 2,
  ftruncate: 2,
};

/** Where the memory of programs is. */
const [START, END] = [0x7f0000000000, 0x7f0001000000];

/** Lines that are neither comments nor calls as docs/program_syntax.md of syzkaller has them. */
export const syzFaults = (program: string): string[] =>
  program.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !isCall(line));

function isCall(line: string): boolean {
  if (!CALL.test(line)) return false;
  const [, name = '', rest = ''] = /^(?:r\d+ = )?(\w+)\((.*?)\)(?: \(async\))?$/.exec(line) ?? [];
  const pointers = [...line.matchAll(/&\((0x[0-9a-f]+)(?:\/(0x[0-9a-f]+))?\)/g)];
  const inMemory = pointers.every(([, at, size = '0x1']) => {
    const start = Number(at);
    return start >= START && start + Number(size) <= END;
  });
  return rest.split(', ').length === CALLS[name] && inMemory;
}
