import { type Command, SHELLS } from './command.js';
import {
  file,
  json,
  kernel,
  queue,
  quiet,
  release,
  reportOutputs,
  run,
  workers,
} from './options.js';

/** Every command, in the order in which help lists them. */
export const COMMANDS = [
  {
    name: 'verify',
    first: true,
    says: 'run specs and compare what is found with what they expect',
    arguments: [
      {
        name: 'spec',
        says: 'spec files or folders (default: all specs of the package)',
        values: 'file',
        may: 'be many',
      },
    ],
    options: [
      ...reportOutputs,
      run,
      {
        name: 'resume',
        value: 'folder',
        says: 'go on with the run in this folder, which was interrupted or killed',
        values: 'folder',
      },
      {
        name: 'shard',
        value: 'part',
        says: 'do a part of the work, such as 3/16, and keep it with --run for merge',
      },
      { ...queue, says: `let workers on other machines do it: ${queue.says}` },
      {
        name: 'estimate',
        says: 'say what it will take, from a sample, and do not do it',
      },
      {
        name: 'memory',
        value: 'mb',
        says: 'end reach searches, as incomplete, before a worker takes more than this',
        whole: [193, 16_777_216],
      },
      quiet,
      workers,
    ],
    examples: [
      { args: 'verify', says: 'all specs: verdicts, counterexamples, matrix' },
      {
        args: 'verify specs/2019-02-bail-out-earlier.json',
        says: 'one question, as the mail of 2019 put it',
      },
      {
        args: 'verify --confirm live',
        says: 'and try on this kernel what is broken on its release',
      },
      {
        args: 'verify --quiet --junit verdicts.xml --sarif verdicts.sarif',
        says: 'for continuous integration',
      },
      {
        args: 'verify --run long specs/races.json',
        says: 'keeps what is done; verify --resume long goes on with it',
      },
    ],
  },
  {
    name: 'merge',
    says: 'put the shards of a run together and report on the whole',
    arguments: [
      {
        name: 'folder',
        says: 'what verify --shard kept, every shard once',
        values: 'folder',
        may: 'be many',
      },
    ],
    options: [...reportOutputs, run, quiet],
    examples: [
      { args: 'merge part-*', says: 'as verify would have reported' },
      {
        args: 'merge part-* --quiet --junit verdicts.xml',
        says: 'in the last job of a pipeline',
      },
    ],
  },
  {
    name: 'worker',
    says: 'do units of runs that verify --queue puts on a queue',
    arguments: [],
    options: [
      { ...queue, required: true },
      { ...workers, says: 'threads (default: one a core)', whole: [1, 256] },
      {
        name: 'idle',
        value: 's',
        says: 'end after so many seconds without work (default: never)',
        whole: [1, 1_000_000],
      },
    ],
    examples: [
      {
        args: 'worker --queue redis://queue:6379',
        says: 'on any machine, until it is interrupted',
      },
      { args: 'worker --queue env --idle 600', says: 'with the address in MREMAP_CHECK_QUEUE' },
    ],
  },
  {
    name: 'sensitivity',
    says: 'what it takes to break each invariant on each release',
    arguments: [],
    options: [
      {
        name: 'invariant',
        value: 'id',
        many: true,
        says: 'these invariants (default: all)',
        values: 'invariant',
      },
      { ...release('these releases (default: all)'), many: true },
      json,
      { name: 'verbose', says: 'draw the counterexamples, as with one invariant' },
      quiet,
      workers,
    ],
    examples: [
      {
        args: 'sensitivity --invariant limit-held',
        says: 'what takes map_count above the limit, on which release',
      },
    ],
  },
  {
    name: 'releases',
    first: true,
    says: 'what releases there are, or the steps of one',
    arguments: [
      {
        name: 'id',
        says: 'show the steps of this release',
        values: 'release',
        may: 'be left out',
      },
    ],
    options: [json],
    examples: [
      { args: 'releases', says: 'the releases of the model' },
      { args: 'releases v6.17', says: 'the steps of one, to be ticked off against mm/mremap.c' },
    ],
  },
  {
    name: 'invariants',
    says: 'what invariants there are',
    arguments: [],
    options: [json],
    examples: [{ args: 'invariants', says: 'each promise, with where it comes from' }],
  },
  {
    name: 'kernels',
    says: 'what kernels there are on this machine to run scenarios on',
    arguments: [],
    options: [json],
    examples: [{ args: 'kernels', says: 'with the release that each should behave as' }],
  },
  {
    name: 'replay',
    says: 'run scenarios on a release of the model, an outcome a line',
    arguments: [file('scenarios, one JSON object a line; - for standard input')],
    options: [{ ...release('such as v6.12, or v5.1[early=off,move=2]'), required: true }],
    examples: [{ args: 'replay --release v6.12 scenarios.jsonl', says: 'as JSON lines' }],
  },
  {
    name: 'explore',
    says: 'make calls one by one and see what comes of them, on a terminal or by commands',
    arguments: [
      {
        name: 'file',
        says: 'begin with a scenario, or with a counterexample of verify --json',
        values: 'file',
        may: 'be left out',
      },
    ],
    options: [
      release('such as v6.12 (default: the newest)'),
      { name: 'pages', value: 'n', says: 'pages of the window (default: 16)', whole: [1, 32] },
      {
        name: 'limit',
        value: 'n',
        says: 'max_map_count (default: none at first)',
        whole: [0, 1_000_000],
      },
      {
        name: 'nth',
        value: 'n',
        says: 'which one of the file (default: the first)',
        whole: [1, 1_000_000],
      },
    ],
    examples: [
      { args: 'explore --release v7.1', says: 'an empty window, and calls as you type them' },
      { args: 'explore found.json --nth 2', says: 'the second counterexample, step by step' },
    ],
  },
  {
    name: 'conform',
    first: true,
    says: 'run scenarios on a kernel and compare it with a release, field by field',
    arguments: [],
    options: [
      kernel,
      release("compare with this release (default: the one of the kernel's version)"),
      {
        name: 'scenarios',
        value: 'file',
        says: 'scenarios of a file, one JSON object a line; - for standard input',
        values: 'file',
      },
      {
        name: 'random',
        value: 'n',
        says: 'random scenarios (default: 2000)',
        whole: [1, 10_000_000],
      },
      {
        name: 'seed',
        value: 'n',
        says: 'of the random scenarios (default: any, and printed)',
        whole: [0, 2 ** 31 - 1],
      },
      {
        name: 'exhaustive',
        value: 'pages',
        says: 'every mremap() in every address space of so many pages',
        whole: [1, 8],
      },
      {
        name: 'out',
        value: 'file',
        says: 'keep the result, beside those that the file has',
        values: 'file',
      },
      json,
      quiet,
    ],
    examples: [
      { args: 'conform --kernel live', says: '2,000 random scenarios on this kernel' },
      {
        args: 'conform --kernel arch/x86/boot/bzImage --exhaustive 3',
        says: 'every mremap() of a small window on one that you have built',
      },
      {
        args: 'conform --kernel model:v6.12 --release v6.15',
        says: 'a release in the place of a kernel',
      },
    ],
  },
  {
    name: 'identify',
    says: 'as which releases a kernel behaves, and the scenarios that show it',
    arguments: [],
    options: [kernel, json],
    examples: [{ args: 'identify --kernel live', says: 'of the running kernel' }],
  },
  {
    name: 'confirm',
    says: 'replay counterexamples on a kernel and say whether it does the same',
    arguments: [file('what verify --json wrote, or a part of it; - for standard input')],
    options: [
      kernel,
      release("those of this release (default: of the one of the kernel's version)"),
      json,
    ],
    examples: [{ args: 'confirm found.json --kernel live', says: 'those of its release' }],
  },
  {
    name: 'completion',
    says: 'print a script that completes words in a shell',
    arguments: [{ name: 'shell', says: 'which shell', values: SHELLS }],
    options: [],
    examples: [
      {
        args: 'completion bash > ~/.local/share/bash-completion/completions/mremap-check',
        says: 'for bash with bash-completion',
      },
      { args: 'completion zsh > ~/.zfunc/_mremap-check', says: 'for zsh, with ~/.zfunc in fpath' },
      { args: 'completion fish > ~/.config/fish/completions/mremap-check.fish', says: 'for fish' },
    ],
  },
] as const satisfies readonly Command[];

export type CommandName = (typeof COMMANDS)[number]['name'];

/** What the exit codes say, by code. */
export const EXIT_CODES: readonly string[] = [
  'all as the specs expect (an expected violation is no failure), or as the model says',
  'a verdict that no spec expects, or a kernel that does something else than the model',
  'bad input or usage',
  'incomplete: interrupted, beyond what is modelled, or a kernel that cannot be run or broke down',
];
