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

export const GREETING = '#1 1 1 65530 9.9.9 #1 fake';
