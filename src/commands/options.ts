import type { Argument, Option } from './command.js';

/** Options that several commands have. */

export const json: Option = { name: 'json', says: 'print the report as JSON' };

export const quiet: Option = { name: 'quiet', says: 'no progress' };

export const workers: Option = {
  name: 'workers',
  value: 'n',
  says: 'worker threads, 0 for none (default: one a core)',
  whole: [0, 256],
};

/** A kernel to run scenarios on. */
export const kernel: Option = {
  name: 'kernel',
  value: 'kernel',
  required: true,
  says: 'live, uml, uml:PROGRAM, the path of an image, or model:RELEASE',
  values: 'kernel',
};

/** A release, a variant of one. */
export const release = (says: string): Option => ({
  name: 'release',
  value: 'id',
  says,
  values: 'release',
});

export const file = (says: string): Argument => ({ name: 'file', says, values: 'file' });

/** A file that the command writes. */
export const written = (name: string, says: string): Option => ({
  name,
  value: 'file',
  says,
  values: 'file',
});
