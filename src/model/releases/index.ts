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

/** The release with this id, such as `v6.12`. */
export const releaseById = (id: string): Release | undefined =>
  releases.find((release) => release.id === id);
