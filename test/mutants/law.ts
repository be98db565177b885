import type { Vmas } from '../../src/model/address-space.js';
import type { Call, MremapCall } from '../../src/model/calls.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { Release } from '../../src/model/release.js';
import { everyMainline, releasesFrom } from '../support/releases.js';
import type { Case } from './cases.js';

/** What is wrong, in words. */
export type Fault = string | undefined;

/** Something that is true of every release it is about, whatever else changed between them. */
export interface Law {
  readonly name: string;
  /** Why it is true of the kernel. */
  readonly because: string;
  /** The ids of the releases of which it is true; of all, unless given. */
  readonly of?: readonly string[];
  /** Asked of each call of the histories. */
  readonly judge?: (c: Case) => Fault;
  /** Asked once, of a situation of its own. */
  readonly probe?: (of: Release) => Fault;
}

export const ids = (rows: readonly (readonly [string, Release])[]): string[] =>
  rows.map(([id]) => id);

/** The ids of every release, oldest first. */
export const all = ids(everyMainline);

/** The ids of the releases from this one on. */
export const from = (id: string): string[] => ids(releasesFrom(id));

/** Whether the call has this flag. */
export const given = (call: MremapCall, flag: number): boolean => (call.flags & flag) !== 0;

export const succeeded = ({ result }: Outcome): boolean => result >= 0;

export const isMremap = (call: Call): call is MremapCall => call.call === 'mremap';

export const said = (call: Call): string => JSON.stringify(call);

export const equal = (a: Vmas, b: Vmas): boolean =>
  a === b || (a.length === b.length && a.every((vma, i) => vma === b[i]));
