#!/usr/bin/env node
import { Console } from 'node:console';
import { CommanderError } from 'commander';
import { KernelFailed } from '../conformance/failed.js';
import { BadInput } from '../input/bad-input.js';
import { printable } from '../input/shown.js';
import { QueueFailed } from '../queue/failed.js';
import { RunFailed } from '../runs/failed.js';
import { Exit } from './exit.js';
import { packageVersion } from './package.js';
import { programOf } from './program.js';
import { results, watchStreams } from './streams.js';
import { note } from './terminal.js';

/** What keeps a command from its end, and is no fault of the input. */
const FAILED = [KernelFailed, QueueFailed, RunFailed];

async function main(): Promise<Exit> {
  let exit: Exit = Exit.ok;
  try {
    await programOf(packageVersion(), (how) => {
      exit = how;
    }).parseAsync();
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
    if (error instanceof BadInput) {
      note(`mremap-check: ${printable(error.message)}`);
      return Exit.usage;
    }
    if (FAILED.some((failed) => error instanceof failed)) {
      note(`mremap-check: ${(error as Error).message}`);
      return Exit.incomplete;
    }
    note(`mremap-check: internal error, no verdict: ${(error as Error).stack ?? String(error)}`);
    return Exit.incomplete;
  }
}

watchStreams();
// What the module of a patch prints is no result.
globalThis.console = new Console(process.stderr);

const exit = await main();
process.exitCode = results.lost ? Exit.usage : exit;
