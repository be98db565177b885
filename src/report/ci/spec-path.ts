import { isAbsolute, relative, resolve, sep } from 'node:path';

/** The path of a spec as tools look it up: with slashes, relative to a root if it is below that. */
export function specPath(path: string, root: string): string {
  const below = relative(root, path);
  const outside = below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below);
  return (outside ? resolve(path) : below).split(sep).join('/');
}
