import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder } from '../support/new-folder.js';

/** The folder of the package in this clone. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function ran(folder: string, program: string, args: readonly string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
}

/** The same where anything but success is a fault of the test. */
export function done(folder: string, program: string, args: readonly string[]): string {
  const { code, stdout, stderr } = ran(folder, program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${stdout}${stderr}`);
  return stdout;
}

const NO_NETWORK = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NOTCACHED)|network/;

export interface Installed {
  /** The tarball. */
  readonly tarball: string;
  /** A folder with nothing but the package in its node_modules. */
  readonly folder: string;
}

/**
 * The package as `npm pack` makes it, installed in an empty folder; or why that cannot be done here.
 * What is built already is packed as it is, since other tests are running it.
 */
export function installed(): Installed | string {
  const folder = newFolder();
  done(ROOT, 'npm', ['run', 'build:types']);
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(done(ROOT, 'npm', pack)) as [{ filename: string }];
  const tarball = join(folder, filename);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0'];
  const { code, stderr } = ran(folder, 'npm', ['install', ...flags, tarball]);
  if (code === 0) return { tarball, folder };
  if (NO_NETWORK.test(stderr)) return 'npm has no network and not all dependencies in its cache';
  throw new Error(`npm install: ${code}\n${stderr}`);
}
