import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things are kept that can be made again: $XDG_CACHE_HOME/mremap-check, or ~/.cache/mremap-check. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  const base = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'mremap-check');
}

/** Where scripts/fetch-kernels puts images. */
export const kernelsFolder = (): string => join(cacheFolder(), 'kernels');
