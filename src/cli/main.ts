#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { KernelFailed } from '../conformance/failed.js';
import { BadInput } from '../input/bad-input.js';
import type { ConfirmFlags } from './confirm.js';
import type { ConformFlags } from './conform.js';
import { Exit } from './exit.js';
import type { IdentifyFlags } from './identify.js';
import type { SensitivityFlags } from './sensitivity.js';
import { note } from './terminal.js';
import type { TraceFlags } from './trace.js';
import type { VerifyFlags } from './verify.js';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** A whole number within bounds, or a message of usage. */
const within =
  (least: number, most: number) =>
  (text: string): number => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < least || count > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return count;
  };

const workerCount = within(0, 256);

/** Those of report/faces/formats.ts, which is loaded when it is needed. */
const FORMAT_NAMES = ['terminal', 'mail', 'json', 'itf', 'c', 'syzkaller', 'fast-check'];

const KERNELS = 'live, uml, uml:PROGRAM, the path of an image, or model:RELEASE';

const EXAMPLES = `
Examples:
  mremap-check verify                             all specs: verdicts, counterexamples, matrix
  mremap-check verify specs/2019-02-bail-out-earlier.json
  mremap-check sensitivity --invariant limit-held what breaks it on which release
  mremap-check releases v6.17                     the steps of a release, in order
  mremap-check replay --release v6.12 scenarios.jsonl
  mremap-check conform --kernel model:v6.12 --release v6.15
  mremap-check trace report.json --number 3 --format c

Exit codes:
  0  all as the specs expect (an expected violation is no failure), or as the model says
  1  a verdict that no spec expects, or a kernel that does something else than the model
  2  bad input or usage
  3  incomplete: interrupted, beyond what is modelled, or a kernel that cannot be run or broke down`;

/** The commands; `done` is told how each went. What a command needs is loaded when it is given. */
function commands(done: (exit: Exit) => void): Command {
  const program = new Command('mremap-check')
    .description(
      'An explicit-state model checker for Linux mremap() at the edge of vm.max_map_count.',
    )
    .version(version)
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .showHelpAfterError('(mremap-check --help shows what there is)');
  program
    .command('verify')
    .description('run specs and compare what is found with what they expect')
    .argument('[spec...]', 'spec files or folders (default: all specs of the package)')
    .option('--confirm <kernel>', 'replay what is broken on the release of this kernel there')
    .option('--traces <folder>', 'write each counterexample there, in every format')
    .option('--json', 'print the report as JSON')
    .option('--verbose', 'with every reason, and the work behind each verdict')
    .option('--quiet', 'no progress')
    .option('--workers <n>', 'worker threads, 0 for none (default: one a core)', workerCount)
    .action(async (specs: string[], flags: VerifyFlags) => {
      const { verifyCommand } = await import('./verify.js');
      done(await verifyCommand(specs, flags));
    });
  program
    .command('sensitivity')
    .description('what it takes to break each invariant on each release')
    .option('--invariant <id...>', 'these invariants (default: all)')
    .option('--release <id...>', 'these releases (default: all)')
    .option('--json', 'print the report as JSON')
    .option('--verbose', 'draw the counterexamples, as with one invariant')
    .option('--quiet', 'no progress')
    .option('--workers <n>', 'worker threads, 0 for none (default: one a core)', workerCount)
    .action(async (flags: SensitivityFlags) => {
      const { sensitivityCommand } = await import('./sensitivity.js');
      done(await sensitivityCommand(flags));
    });
  program
    .command('replay')
    .description('run scenarios on a release of the model, an outcome a line')
    .argument('<file>', 'scenarios, one JSON object a line; - for standard input')
    .requiredOption('--release <id>', 'such as v6.12, or v5.1[early=off,move=2]')
    .action(async (file: string, flags: { release: string }) => {
      const { replayCommand } = await import('./replay.js');
      done(replayCommand(file, flags));
    });
  program
    .command('conform')
    .description('run scenarios on a kernel and compare it with a release, field by field')
    .requiredOption('--kernel <kernel>', KERNELS)
    .option(
      '--release <id>',
      "compare with this release (default: the one of the kernel's version)",
    )
    .option(
      '--scenarios <file>',
      'scenarios of a file, one JSON object a line; - for standard input',
    )
    .option('--random <n>', 'random scenarios (default: 2000)', within(1, 10_000_000))
    .option(
      '--seed <n>',
      'of the random scenarios (default: any, and printed)',
      within(0, 2 ** 31 - 1),
    )
    .option(
      '--exhaustive <pages>',
      'every mremap() in every address space of so many pages',
      within(1, 8),
    )
    .option('--out <file>', 'keep the result, beside those that the file has')
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .action(async (flags: ConformFlags) => {
      const { conformCommand } = await import('./conform.js');
      done(await conformCommand(flags));
    });
  program
    .command('confirm')
    .description('replay counterexamples on a kernel and say whether it does the same')
    .argument('<file>', 'what verify --json wrote, or a part of it; - for standard input')
    .requiredOption('--kernel <kernel>', KERNELS)
    .option('--release <id>', "those of this release (default: of the one of the kernel's version)")
    .option('--json', 'print the report as JSON')
    .action(async (file: string, flags: ConfirmFlags) => {
      const { confirmCommand } = await import('./confirm.js');
      done(await confirmCommand(file, flags));
    });
  program
    .command('trace')
    .description('show a counterexample, or write it for another tool')
    .argument('<file>', 'what verify --json wrote, or a part of it; - for standard input')
    .option('--format <format>', `one of ${FORMAT_NAMES.join(', ')} (default: terminal)`)
    .option('--number <n>', 'the one with this number in the list', within(1, 1_000_000))
    .option('--invariant <id>', 'of this invariant')
    .option('--release <id>', 'of this release')
    .option('-o, --out <folder>', 'write files there, in every format unless one is given')
    .option('--verbose', 'every step, with its kernel function (terminal)')
    .option('--changed', 'leave out VMAs that stay as they are (terminal)')
    .action(async (file: string, flags: TraceFlags) => {
      const { traceCommand } = await import('./trace.js');
      done(traceCommand(file, flags));
    });
  program
    .command('identify')
    .description('as which releases a kernel behaves, and the scenarios that show it')
    .requiredOption('--kernel <kernel>', KERNELS)
    .option('--json', 'print the report as JSON')
    .action(async (flags: IdentifyFlags) => {
      const { identifyCommand } = await import('./identify.js');
      done(await identifyCommand(flags));
    });
  program
    .command('releases')
    .description('what releases there are, or the steps of one')
    .argument('[id]', 'show the steps of this release')
    .option('--json', 'print as JSON')
    .action(async (id: string | undefined, flags: { json?: true }) => {
      const { releasesCommand } = await import('./lists.js');
      done(releasesCommand(id, flags));
    });
  program
    .command('kernels')
    .description('what kernels there are on this machine to run scenarios on')
    .option('--json', 'print as JSON')
    .action(async (flags: { json?: true }) => {
      const { kernelsCommand } = await import('./kernels.js');
      done(kernelsCommand(flags));
    });
  program
    .command('invariants')
    .description('what invariants there are')
    .option('--json', 'print as JSON')
    .action(async (flags: { json?: true }) => {
      const { invariantsCommand } = await import('./lists.js');
      done(invariantsCommand(flags));
    });
  return program;
}

async function main(): Promise<Exit> {
  let exit: Exit = Exit.ok;
  try {
    await commands((how) => {
      exit = how;
    }).parseAsync();
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
    if (error instanceof BadInput) {
      note(`mremap-check: ${error.message}`);
      return Exit.usage;
    }
    if (error instanceof KernelFailed) {
      note(`mremap-check: ${error.message}`);
      return Exit.incomplete;
    }
    note(`mremap-check: internal error, no verdict: ${(error as Error).stack ?? String(error)}`);
    return Exit.incomplete;
  }
}

// A reader that has seen enough closes the pipe; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(Exit.ok);
  throw error;
});

process.exitCode = await main();
