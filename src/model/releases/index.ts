import type { Release } from '../release.js';
import { withFunctionsOfTheirTime } from './functions.js';
import { stableOf } from './stable.js';
import { v2_6_12 } from './v2.6.12.js';
import { v2_6_33 } from './v2.6.33.js';
import { v5_1 } from './v5.1.js';
import { v5_7 } from './v5.7.js';
import { v5_11 } from './v5.11.js';
import { v5_12 } from './v5.12.js';
import { v5_13 } from './v5.13.js';
import { v5_16 } from './v5.16.js';
import { v6_1 } from './v6.1.js';
import { v6_7 } from './v6.7.js';
import { v6_10 } from './v6.10.js';
import { v6_12 } from './v6.12.js';
import { v6_15 } from './v6.15.js';
import { v6_16 } from './v6.16.js';
import { v6_17 } from './v6.17.js';
import { v6_17_rc1 } from './v6.17-rc1.js';
import { v6_18 } from './v6.18.js';
import { v7_1 } from './v7.1.js';
import { v7_2 } from './v7.2.js';
import { v7_3 } from './v7.3.js';

/** Every mainline release of the model, oldest first. */
export const releases: readonly Release[] = withFunctionsOfTheirTime([
  v2_6_12,
  v2_6_33,
  v5_1,
  v5_7,
  v5_11,
  v5_12,
  v5_13,
  v5_16,
  v6_1,
  v6_7,
  v6_10,
  v6_12,
  v6_15,
  v6_16,
  v6_17_rc1,
  v6_17,
  v6_18,
  v7_1,
  v7_2,
  v7_3,
]);

function mainline(id: string): Release {
  const found = releases.find((release) => release.id === id);
  if (found === undefined) throw new RangeError(`no release ${id}`);
  return found;
}

/** Stable kernels that do not behave as the mainline release that they come from, oldest first. */
export const stableReleases: readonly Release[] = stableOf(mainline);

/** Both, without variants and patches. */
export const knownReleases: readonly Release[] = [...releases, ...stableReleases];

/** The release before one, or the one that a stable one comes from; undefined of the first. */
export const predecessorOf = (release: Release): Release | undefined =>
  release.base ?? releases[releases.indexOf(release) - 1];

/** The stable releases that come from one. */
export const stableOfRelease = (release: Release): readonly Release[] =>
  stableReleases.filter(({ base }) => base === release);

/** A version as numbers, so that 5.10 comes after 5.7; undefined for anything else. */
function numbersOf(version: string): readonly number[] | undefined {
  const [, numbers] = /^v?(\d+(?:\.\d+)+)$/.exec(version) ?? [];
  return numbers?.split('.').map(Number);
}

/** Less than, equal to or greater than zero, over the parts that `b` has: 6.17.13 is a 6.17. */
function compared(a: readonly number[], b: readonly number[]): number {
  for (const [i, part] of b.entries()) {
    const difference = (a[i] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The release with this id, such as `v6.17`, or the one that stands for this release, such as `v7.0` or the
 * stable `6.12.117`. Undefined for one that is not modelled.
 */
export function releaseById(id: string): Release | undefined {
  // Stable ones first: what mainline releases stand for has no gaps for them.
  const all = [...stableReleases, ...releases];
  const exact = all.find((release) => release.id === id || release.id === `v${id}`);
  const wanted = numbersOf(id);
  if (exact !== undefined || wanted === undefined) return exact;
  return all.find(({ covers }) => {
    const [first, last] = [numbersOf(covers.first), numbersOf(covers.last)];
    return first && last && compared(wanted, first) >= 0 && compared(wanted, last) <= 0;
  });
}

/** The first kernel that the release with this id stands for, such as `7.2.11`; undefined for what is not one. */
export const firstOf = (id: string): string | undefined =>
  knownReleases.find((release) => release.id === id)?.covers.first;
