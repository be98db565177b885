import type { Release } from '../../src/model/release.js';
import { knownReleases, releases } from '../../src/model/releases/index.js';

/** A release as a row for `each`, whose title then has the id as `%s`. */
type Row = readonly [id: string, release: Release];

/** Those alone of Linus's tree, oldest first. */
export const everyMainline: readonly Row[] = releases.map((r) => [r.id, r]);

/** Stable ones too, behind the others. */
export const everyRelease: readonly Row[] = knownReleases.map((r) => [r.id, r]);

/** All but v6.5.3: what it moves is charged once more, and what it leaves of its VMA is accounted no more. */
export const chargingMovesOnce: readonly Row[] = everyRelease.filter(([id]) => id !== 'v6.5.3');

/** `6.17` as numbers, so that 5.10 comes after 5.7 and 6.17-rc1 before 6.17. */
function numbersOf(version: string): number[] {
  const [numbers = '', candidate] = version.split('-rc');
  const [major = 0, minor = 0, patch = 0] = numbers.split('.').map(Number);
  return [major, minor, candidate === undefined ? patch : Number(candidate) - 100];
}

function notAfter(first: string, second: string): boolean {
  const [a, b] = [numbersOf(first), numbersOf(second)];
  const i = a.findIndex((part, k) => part !== b[k]);
  return i < 0 || (a[i] as number) < (b[i] as number);
}

/**
 * The mainline releases that begin with one from `first` to `last`, such as 6.12 to 6.14: what
 * the kernel did then, whichever releases the model has of that time. Throws where it has none.
 */
export function releasesOf(first: string, last = '999'): readonly Row[] {
  const found = everyMainline.filter(
    ([, { covers }]) => notAfter(first, covers.first) && notAfter(covers.first, last),
  );
  if (found.length === 0) throw new RangeError(`no release of ${first} to ${last}`);
  return found;
}

/** The release that a recorded kernel behaves as; throws where there is none. */
export function releaseOfKernel(kernel: string): Release {
  const found = knownReleases.find(({ kernels }) => kernels.includes(kernel));
  if (found === undefined) throw new RangeError(`no release names kernel ${kernel}`);
  return found;
}

/** The release with this id; throws where there is none. */
export function release(id: string): Release {
  const found = knownReleases.find((r) => r.id === id);
  if (found === undefined) throw new RangeError(`no release ${id}`);
  return found;
}

/** The mainline releases from `id` on, up to but not including `end`. */
export const releasesFrom = (id: string, end?: string): readonly Row[] =>
  everyMainline.slice(
    releases.indexOf(release(id)),
    end === undefined ? releases.length : releases.indexOf(release(end)),
  );

/** The mainline releases before `id`. */
export const releasesBefore = (id: string): readonly Row[] =>
  everyMainline.slice(0, releases.indexOf(release(id)));
