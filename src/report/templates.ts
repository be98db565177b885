import { readFileSync } from 'node:fs';

/** A file of `templates`, which comes with the package. */
export const template = (name: string): string =>
  readFileSync(new URL(`../../templates/${name}`, import.meta.url), 'utf8');
