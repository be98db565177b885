import type { Place } from '../../input/places.js';

/** One thing that a spec expects, as tools of continuous integration know it: a test. */
export interface Case {
  /** The promise or the kind of expectation, by an id of `RULES` or of an invariant. */
  readonly rule: string;
  /** What was asked: `limit-held on v6.12`. */
  readonly name: string;
  /** An expected violation is as expected; `unfinished`: the search was not, and nothing speaks against it yet. */
  readonly state: 'as expected' | 'unexpected' | 'unfinished';
  /** What was found and what was expected, in one line. */
  readonly says: string;
  /** The reason that the spec gives, and the counterexample; lines without colour. */
  readonly details: string;
  /** In the spec's file. */
  readonly place: Place;
}

/** The cases of one check. */
export interface CheckCases {
  /** The file of the spec, as the user gave it, and what it is called beside the others: its name without a folder, if no other has it. */
  readonly path: string;
  readonly file: string;
  /** The title of the check. */
  readonly title: string;
  readonly cases: readonly Case[];
}

/** All cases of a verification. */
export interface CasesReport {
  readonly checks: readonly CheckCases[];
  readonly complete: boolean;
  /** Of mremap-check. */
  readonly version: string;
  /** The folder that paths of spec files are shown relative to, where they are below it. */
  readonly root: string;
}

/** What is expected besides invariants. */
export const RULES = {
  'behaviour-difference': {
    statement: 'Two releases differ in the classes of calls that the spec lists, and in no others.',
    source: 'A compare check; each class has its reason in the spec.',
  },
  'search-numbers': {
    statement: 'A search comes out at the numbers that other checkers found.',
    source: 'A reach check with numbers: states, transitions, edges, largest map_count.',
  },
} as const satisfies Record<string, { statement: string; source: string }>;
