import { fileURLToPath } from 'node:url';

/** The folder of the specs that come with the package. */
export const OWN_SPECS = fileURLToPath(new URL('../../specs', import.meta.url));
