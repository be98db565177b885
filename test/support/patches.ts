import { fileURLToPath } from 'node:url';
import type { Release } from '../../src/model/release.js';
import { releaseOfReference } from '../../src/patches/reference.js';

/** A release or a patch as a user names it on a command line in the folder of the package. */
export const releaseNamed = (reference: string): Release =>
  releaseOfReference(reference, {
    folder: fileURLToPath(new URL('../..', import.meta.url)),
    modules: true,
  });
