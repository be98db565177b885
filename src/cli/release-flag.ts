import { BadInput } from '../input/bad-input.js';
import type { Release } from '../model/release.js';
import { UnknownRelease } from '../model/releases/variant.js';
import { namingFaults } from '../patches/breakdown.js';
import { releaseOfReference } from '../patches/reference.js';

/**
 * The release that a flag names, or the patch; throws BadInput.
 *
 * @param how whether the patch may be code: only where the user has named it, not a file
 */
export function releaseFor(ref: string, flag: string, how: { readonly modules: boolean }): Release {
  try {
    return releaseOfReference(ref, how);
  } catch (error) {
    if (error instanceof UnknownRelease) throw new BadInput(`${flag}: ${error.message}`);
    throw error;
  }
}

/** The same to make single calls on, which says of a patch what it does wrong; throws BadInput. */
export const releaseToRun = (...of: Parameters<typeof releaseFor>): Release =>
  namingFaults(releaseFor(...of));
