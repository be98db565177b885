import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../support/new-folder.js';

/** A shell script in a folder of its own, in the part of a program; returns its path. */
export function script(name: string, ...lines: readonly string[]): string {
  const file = join(newFolder(), name);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

/** The start of a kernel image: the magic, and a pointer to its banner. */
export function bzImage(banner: string): Buffer {
  const image = Buffer.alloc(0x1000);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x800 - 0x200, 0x20e);
  image.write(banner, 0x800, 'latin1');
  return image;
}

/** What a probe says first on a kernel of this version. */
export const greeting = (version: string): string => `#1 1 1 65530 ${version} #1 fake`;

export const GREETING = greeting('9.9.9');

/**
 * User-mode Linux of this version that interrupts the tool at the first scenario and does not answer. The
 * tool is the parent of the guard that it runs under.
 *
 * @param pid a file for the number of its process
 */
export const interrupting = (version: string, pid: string): string =>
  script(
    'linux',
    `echo $$ >${pid}; echo "${greeting(version)}"; read line`,
    'kill -INT $(cut -d " " -f 4 /proc/$PPID/stat); exec sleep 100',
  );
