import type { Release } from '../release.js';
import { v2_6_33 } from './v2.6.33.js';
import { v5_1 } from './v5.1.js';
import { v5_7 } from './v5.7.js';
import { v5_13 } from './v5.13.js';
import { v6_12 } from './v6.12.js';
import { v6_15 } from './v6.15.js';
import { v6_17 } from './v6.17.js';
import { v7_1 } from './v7.1.js';
import { v7_2 } from './v7.2.js';

/** Every release of the model, oldest first. */
export const releases: readonly Release[] = [
  v2_6_33,
  v5_1,
  v5_7,
  v5_13,
  v6_12,
  v6_15,
  v6_17,
  v7_1,
  v7_2,
];

/** A version as numbers, so that 5.10 comes after 5.7; undefined for anything else. */
function numbersOf(version: string): readonly number[] | undefined {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?$/.exec(version);
  return parts?.slice(1).map((part) => Number(part ?? 0));
}

function notAfter(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((part, k) => part !== b[k]);
  return i < 0 || (a[i] as number) < (b[i] as number);
}

/**
 * The release with this id, such as `v6.17`, or the one that stands for this mainline release, such as
 * `v7.0`. Undefined for one that is not modelled.
 */
export function releaseById(id: string): Release | undefined {
  const exact = releases.find((release) => release.id === id);
  const wanted = numbersOf(id);
  if (exact !== undefined || wanted === undefined) return exact;
  return releases.find(({ covers }) => {
    const [first, last] = [numbersOf(covers.first), numbersOf(covers.last)];
    return first && last && notAfter(first, wanted) && notAfter(wanted, last);
  });
}
