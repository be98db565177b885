import { fileURLToPath } from 'node:url';
import { invariants } from '../../src/invariants/index.js';
import { knownReleases } from '../../src/model/releases/index.js';
import { type MatrixVerdict, matrix } from '../../src/report/matrix.js';
import { style } from '../../src/report/style.js';
import { loadSpecs } from '../../src/specs/load.js';

/** The specs of the package. */
export const ownSpecs = loadSpecs([fileURLToPath(new URL('../../specs', import.meta.url))]);

/** What the specs expect, as if it had been found: what a run prints that exits with 0. */
const asFound: readonly MatrixVerdict[] = ownSpecs
  .flatMap(({ checks }) => checks)
  .flatMap((check) => (check.check === 'compare' ? [] : check.expect))
  .flatMap(({ invariant, releases: on, verdict }) =>
    on.map((release) => ({ invariant, release, found: verdict, expected: true })),
  );

/** The matrix of such a run, of some of its releases and invariants. */
export const expectedMatrix = (
  ids: readonly string[] = knownReleases.map(({ id }) => id),
  rows: readonly string[] = invariants.map(({ id }) => id),
): string => matrix(asFound, ids, rows, style(false));
