import type { Release } from '../release.js';
import { withFunctionsOfTheirTime } from './functions.js';
import { v2_6_12 } from './v2.6.12.js';
import { v2_6_33 } from './v2.6.33.js';
import { v5_1 } from './v5.1.js';
import { v5_7 } from './v5.7.js';
import { v5_11 } from './v5.11.js';
import { v5_13 } from './v5.13.js';
import { v5_16 } from './v5.16.js';
import { v6_0 } from './v6.0.js';
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

/** Every release of the model, oldest first. */
export const releases: readonly Release[] = withFunctionsOfTheirTime([
  v2_6_12,
  v2_6_33,
  v5_1,
  v5_7,
  v5_11,
  v5_13,
  v5_16,
  v6_0,
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

/** A version as numbers, so that 5.10 comes after 5.7; undefined for anything else. */
function numbersOf(version: string): readonly number[] | undefined {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?$/.exec(version);
  return parts?.slice(1).flatMap((part) => (part === undefined ? [] : [Number(part)]));
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
 * The release with this id, such as `v6.17`, or the one that stands for this mainline release, such as
 * `v7.0`. Undefined for one that is not modelled.
 */
export function releaseById(id: string): Release | undefined {
  const exact = releases.find((release) => release.id === id);
  const wanted = numbersOf(id);
  if (exact !== undefined || wanted === undefined) return exact;
  return releases.find(({ covers }) => {
    const [first, last] = [numbersOf(covers.first), numbersOf(covers.last)];
    return first && last && compared(wanted, first) >= 0 && compared(wanted, last) <= 0;
  });
}
