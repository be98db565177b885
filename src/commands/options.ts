import type { Argument, Option } from './command.js';

/** Options that several commands have. */

export const json = { name: 'json', says: 'print the report as JSON' } as const satisfies Option;

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

/** A kernel beside which violations are replayed. */
export const confirm = {
  name: 'confirm',
  value: 'kernel',
  says: 'replay what is broken on the release of this kernel there',
  values: 'kernel',
} as const satisfies Option;

/** Patches that are code are run only where this is given. */
export const modules = {
  name: 'modules',
  says: 'run the patches that are code and that specs name: only for specs you trust',
} as const satisfies Option;

/** A release, a variant of one. */
export const release = (says: string): Option => ({
  name: 'release',
  value: 'id',
  says,
  values: 'release',
});

export const file = (says: string): Argument => ({ name: 'file', says, values: 'file' });

export const specs: Argument = {
  name: 'spec',
  says: 'spec files or folders (default: all specs of the package)',
  values: 'file',
  may: 'be many',
};

/** For a mail, or for a terminal. */
export const format: Option = {
  name: 'format',
  value: 'format',
  says: 'mail is plain text of 72 columns',
  values: ['text', 'mail'],
  default: 'text',
  notWith: 'json',
};

/** A file that the command writes. */
const written = <N extends string>(name: N, says: string) =>
  ({ name, value: 'file', says, values: 'file' }) as const satisfies Option;

/** A new folder for a run. */
export const run: Option = {
  name: 'run',
  value: 'folder',
  says: 'keep command, versions, specs, results as they come, report and traces in a new folder',
  values: 'folder',
};

/** A server with a queue of units. */
export const queue: Option = {
  name: 'queue',
  value: 'address',
  says: 'of a Redis or Valkey: redis://HOST:PORT, rediss:// with TLS, a file that has it, or env for MREMAP_CHECK_QUEUE',
};

/** What is written beside a report on specs. */
export const beside = [
  {
    name: 'traces',
    value: 'folder',
    says: 'write each counterexample there, in every format',
    values: 'folder',
  },
  written('junit', 'write every expectation as a test case of JUnit XML'),
  written('sarif', 'write what is unexpected as SARIF 2.1.0, each at its place in the spec'),
  {
    name: 'github',
    says: 'annotate specs in GitHub Actions (default: where GITHUB_ACTIONS is true)',
  },
] as const satisfies readonly Option[];

/** What a report on specs is printed as, and written to. */
export const reportOutputs = [
  confirm,
  modules,
  json,
  { name: 'verbose', says: 'with every reason, and the work behind each verdict' },
  ...beside,
] as const satisfies readonly Option[];
