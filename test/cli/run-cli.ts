import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder } from '../support/new-folder.js';

/** The built command. */
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Folder to run in. */
  readonly cwd?: string;
  /** Sent when the first words on stderr come. */
  readonly signal?: NodeJS.Signals;
  /** Sent once more when stderr has this. */
  readonly again?: RegExp;
  /** Sent after so many milliseconds instead, where the command says nothing for long. */
  readonly after?: number;
}

/** Runs the built command as a user would, without a terminal. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...inherited, ...options.env },
      cwd: options.cwd,
    });
    const interrupt = (): void => {
      if (options.signal !== undefined) child.kill(options.signal);
    };
    if (options.after !== undefined) setTimeout(interrupt, options.after);
    let { again } = options;
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr === '' && options.after === undefined) interrupt();
      stderr += chunk.toString();
      if (again?.test(stderr) === true) {
        again = undefined;
        interrupt();
      }
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(options.input ?? '');
  });
}

/** A file with this text, in a folder of its own unless one is given. */
export function fileWith(name: string, text: string, folder = newFolder()): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
