import { type Command, SHELLS } from './command.js';
import {
  confirm,
  file,
  format,
  json,
  kernel,
  modules,
  queue,
  quiet,
  release,
  reportOutputs,
  run,
  specs,
  workers,
} from './options.js';

/** What may stand where a release is named. */
const RELEASE = 'such as v6.12, v5.1[early=off,move=2], or the file of a patch';

/** The last release of the model, written out so that a start need not load them. */
const LATEST = 'v7.3';

/** Every command, in the order in which help lists them. */
export const COMMANDS = [
  {
    name: 'verify',
    first: true,
    says: 'run specs and compare what is found with what they expect',
    arguments: [specs],
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
        says: 'end a reach search, as incomplete, before it takes more than this',
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
      {
        ...modules,
        says: 'run the patches that are code and that units name: only on a queue you trust',
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
    name: 'report',
    first: true,
    says: 'make a page for the browser: matrix, counterexamples to step through, plots',
    arguments: [specs],
    options: [
      {
        name: 'out',
        short: 'o',
        value: 'folder',
        says: 'write index.html there',
        values: 'folder',
        default: 'mremap-check-report',
      },
      {
        name: 'from',
        value: 'file',
        says: 'what verify --json wrote; - for standard input (default: run it)',
        values: 'file',
      },
      confirm,
      modules,
      quiet,
      workers,
    ],
    examples: [
      { args: 'report -o report', says: 'all specs, as report/index.html' },
      { args: 'report --from found.json', says: 'of what verify --json found' },
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
    name: 'diff',
    first: true,
    says: 'what a caller sees differently on two releases, by exhaustive comparison',
    arguments: [
      { name: 'a', says: `a release, ${RELEASE}`, values: 'release' },
      { name: 'b', says: 'the release that it is compared with', values: 'release' },
    ],
    options: [
      {
        name: 'pages',
        value: 'n',
        says: 'pages of the window (default: 6)',
        whole: [1, 12],
      },
      {
        name: 'vmas',
        value: 'n',
        says: 'most VMAs in it (default: as many as pages)',
        whole: [0, 12],
      },
      {
        name: 'classes',
        value: 'class',
        many: true,
        says: 'such as "anon rw" "fshared r" (default: anon rw, also populated)',
      },
      {
        name: 'headroom',
        value: 'a..b',
        says: 'map slots left, below 0 above the limit (default: 0..8)',
      },
      {
        name: 'limits',
        value: 'a..b',
        says: 'max_map_count, in place of headrooms or beside them',
      },
      {
        name: 'flags',
        value: 'flags',
        many: true,
        says: 'combinations such as 0 MAYMOVE "MAYMOVE|FIXED" (default: all)',
      },
      {
        name: 'calls',
        value: 'name',
        many: true,
        says: 'such as mremap munmap (default: mremap)',
      },
      { name: 'odd', says: 'empty, unaligned and overlong ranges too' },
      format,
      json,
      quiet,
      workers,
    ],
    examples: [
      { args: 'diff v7.0 v7.1', says: 'what 7.1 changes for callers' },
      {
        args: 'diff v7.1 patches/early-check-of-new-address.json --format mail',
        says: 'what a patch does, to be pasted into a mail',
      },
    ],
  },
  {
    name: 'headroom',
    first: true,
    says: 'how many map slots each shape of call needs, and what a release asks for',
    arguments: [],
    options: [
      { ...release(RELEASE), default: LATEST },
      {
        name: 'pages',
        value: 'n',
        says: 'pages of the largest window',
        whole: [3, 12],
        default: 6,
      },
      format,
      { ...json, says: 'print the figures with their calls as JSON' },
      { name: 'verbose', says: 'draw the calls that attain the figures' },
      quiet,
      workers,
    ],
    examples: [
      { args: 'headroom --release v7.1', says: 'map slots that each shape of call needs' },
      { args: 'headroom --release v7.1 --format mail', says: 'to be pasted into a mail' },
    ],
  },
  {
    name: 'synthesize',
    says: 'the weakest condition of a check of map_count that keeps its promises',
    arguments: [],
    options: [
      { ...release(RELEASE), default: LATEST },
      {
        name: 'check',
        value: 'check',
        says: 'early, move, or the name of a step',
        default: 'move',
      },
      {
        name: 'keep',
        value: 'id',
        many: true,
        says: 'these invariants (default: what the check is there for)',
        values: 'invariant',
      },
      { name: 'pages', value: 'n', says: 'pages of the window', whole: [3, 9], default: 5 },
      format,
      { ...json, says: 'print the conditions with their counterexamples as JSON' },
      { name: 'verbose', says: 'draw what one map slot less breaks in every case' },
      quiet,
      workers,
    ],
    examples: [
      {
        args: 'synthesize --release v7.0',
        says: 'what the check at the start of a move must ask for',
      },
      { args: 'synthesize --release v7.1 --check early', says: 'what the early check could be' },
    ],
  },
  {
    name: 'releases',
    first: true,
    says: 'what releases there are, or the steps of one',
    arguments: [
      {
        name: 'id',
        says: `show the steps of this release, ${RELEASE}`,
        values: 'release',
        may: 'be left out',
      },
    ],
    options: [json],
    examples: [
      { args: 'releases', says: 'the releases of the model' },
      { args: 'releases v6.17', says: 'the steps of one, to be ticked off against mm/mremap.c' },
      {
        args: 'releases patches/2026-03-3-check-under-lock.json',
        says: 'those of a patch, with what it changes marked',
      },
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
    name: 'docs',
    says: 'write the documents of releases, invariants and specs, with diagrams',
    arguments: [],
    options: [
      {
        name: 'out',
        short: 'o',
        value: 'dir',
        says: 'into this folder (default: docs/spec); files of others stay',
        values: 'folder',
      },
    ],
    examples: [
      { args: 'docs', says: 'in a clone: brings docs/spec up to date' },
      { args: 'docs -o /tmp/spec', says: 'elsewhere, to be read' },
    ],
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
    options: [{ ...release(RELEASE), required: true }],
    examples: [{ args: 'replay --release v6.12 scenarios.jsonl', says: 'as JSON lines' }],
  },
  {
    name: 'explore',
    says: 'make calls one by one and see what comes of them, on a terminal or by commands',
    arguments: [
      {
        name: 'file',
        says: 'begin with a scenario, or with a trace of verify --json or diff --json',
        values: 'file',
        may: 'be left out',
      },
    ],
    options: [
      release(`${RELEASE} (default: the newest)`),
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
      { args: 'explore found.json --nth 2', says: 'the second trace that it has, step by step' },
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
    name: 'trace',
    first: true,
    says: 'show a counterexample, or write it for another tool',
    arguments: [file('what verify --json wrote, or a part of it; - for standard input')],
    options: [
      {
        name: 'format',
        value: 'format',
        says: 'for an engineer, a mail, programs, trace viewers, a kernel, a fuzzer, or a test',
        values: ['terminal', 'mail', 'json', 'itf', 'c', 'syzkaller', 'fast-check'],
      },
      {
        name: 'number',
        value: 'n',
        says: 'the one with this number in the list',
        whole: [1, 1_000_000],
      },
      { name: 'invariant', value: 'id', says: 'of this invariant', values: 'invariant' },
      release('of this release'),
      {
        name: 'out',
        short: 'o',
        value: 'folder',
        says: 'write files there, in every format unless one is given',
        values: 'folder',
      },
      { name: 'verbose', says: 'every step, with its kernel function (terminal)' },
      { name: 'changed', says: 'leave out VMAs that stay as they are (terminal)' },
    ],
    examples: [
      { args: 'trace found.json', says: 'what counterexamples there are, numbered' },
      {
        args: 'trace found.json --number 1 --format c > repro.c',
        says: 'one as a program for a kernel',
      },
    ],
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
  'all as the specs expect (an expected violation is no failure), or as the model says; what diff finds is an answer and no failure',
  'a verdict that no spec expects, or a kernel that does something else than the model or does not survive a scenario',
  'bad input or usage, or results that cannot be written',
  'incomplete: interrupted, beyond what is modelled, or a kernel that cannot be run or broke down',
];
