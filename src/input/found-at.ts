import { type Stats, statSync } from 'node:fs';

/** What is at a path, links followed; undefined where nothing is, nor can be since a file is in the way. */
export function foundAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
