import type { CompareBounds, EnumerateBounds, RaceBounds, ReachBounds } from '../checker/bounds.js';

/** What a check finds of an invariant. `untested`: nothing within the bounds was a case of it. */
export type VerdictWord = 'holds' | 'violated' | 'untested';

interface Source {
  readonly ref: string;
  readonly says: string;
}

/** An expected verdict, with the reason from the kernel's text or a record. */
export interface Expectation {
  readonly invariant: string;
  /** References such as `v6.12` or `v5.1[move=2]`. */
  readonly releases: readonly string[];
  readonly verdict: VerdictWord;
  readonly because: string;
}

export interface ExpectedClass {
  readonly shape: string;
  readonly from: string;
  readonly to: string;
  readonly headroom: readonly [number, number];
  readonly because: string;
}

export interface EnumerateCheck {
  readonly check: 'enumerate';
  readonly title: string;
  readonly bounds: EnumerateBounds;
  readonly expect: readonly Expectation[];
}

/** Numbers that a search must come out at, where someone else's search knows them. */
export interface ExpectedNumbers {
  readonly states?: number;
  readonly transitions?: number;
  readonly edges?: number;
  readonly largestCount?: number;
}

export interface ReachRun {
  readonly bounds: ReachBounds;
  readonly numbers: ExpectedNumbers;
}

export interface ReachCheck {
  readonly check: 'reach';
  readonly title: string;
  readonly release: string;
  readonly runs: readonly ReachRun[];
  readonly expect: readonly Expectation[];
}

/** Threads that run at the same time. */
export interface RaceCheck {
  readonly check: 'race';
  readonly title: string;
  readonly bounds: RaceBounds;
  readonly expect: readonly Expectation[];
}

/** Two releases on the same work; all that differs must be among the expected classes, and they all must be found. */
export interface CompareCheck {
  readonly check: 'compare';
  readonly title: string;
  readonly releases: readonly [string, string];
  readonly bounds: CompareBounds;
  readonly expect: readonly ExpectedClass[];
}

export type Check = EnumerateCheck | ReachCheck | RaceCheck | CompareCheck;

/** A question, its sources, and the checks that answer it. */
export interface Spec {
  /** The name of its file, without a folder. */
  readonly file: string;
  /** Its file as the user gave it, and the text of it. */
  readonly path: string;
  readonly text: string;
  readonly title: string;
  readonly question: string;
  readonly answer: string;
  readonly sources: readonly Source[];
  readonly checks: readonly Check[];
}
