import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that the package is installed in, or cloned to. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** The specs that come with the package. */
export const OWN_SPECS = fileURLToPath(new URL('../../specs', import.meta.url));

/** The version of the package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
