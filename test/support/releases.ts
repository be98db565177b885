import type { Release } from '../../src/model/release.js';
import { releases } from '../../src/model/releases/index.js';

/** A release as a row for `each`, whose title then has the id as `%s`. */
type Row = readonly [id: string, release: Release];

export const everyRelease: readonly Row[] = releases.map((r) => [r.id, r]);

/** The release with this id; throws where there is none. */
export function release(id: string): Release {
  const found = releases.find((r) => r.id === id);
  if (found === undefined) throw new RangeError(`no release ${id}`);
  return found;
}

/** The releases from `id` on, up to but not including `end`. */
export const releasesFrom = (id: string, end?: string): readonly Row[] =>
  everyRelease.slice(
    releases.indexOf(release(id)),
    end === undefined ? releases.length : releases.indexOf(release(end)),
  );

/** The releases before `id`. */
export const releasesBefore = (id: string): readonly Row[] =>
  everyRelease.slice(0, releases.indexOf(release(id)));
