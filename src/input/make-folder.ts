import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { foundAt } from './found-at.js';

/** Makes a folder and those around it; throws what the system says. Below /proc, that of Node itself never ends. */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (foundAt(path)?.isDirectory() === true) return;
  const around = dirname(path);
  if (foundAt(around) === undefined) makeFolder(around);
  mkdirSync(path);
}
