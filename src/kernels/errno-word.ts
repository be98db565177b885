import { constants } from 'node:os';
import type { ErrnoWord } from '../conformance/outcome.js';
import { Errno } from '../model/errno.js';

/** Where this system has two names for a number, that of the model, or else the last: EOPNOTSUPP, not ENOTSUP. */
const NAMES = new Map<number, string>(
  [...Object.entries(constants.errno), ...Object.entries(Errno)].map(([name, number]) => [
    number,
    name,
  ]),
);

/** An errno that a kernel returned: it may be any, also one that the kernel keeps to itself, as 524. */
export const errnoWord = (number: number): ErrnoWord =>
  (NAMES.get(number) as `E${string}` | undefined) ?? `errno ${number}`;
