import type { Call } from '../model/calls.js';
import type { Vma } from '../model/vma.js';
import type { CaseData, SetupData } from './case.js';
import type { Run } from './run.js';

/** What is embedded in the page. Plain data: the page runs the model itself and replays each case. */
export interface ReportData {
  /** Version of the program that made it. */
  readonly version: string;
  readonly complete: boolean;
  readonly asExpected: boolean;
  /** Calls made in all searches together. */
  readonly transitions: number;
  /** The kernel beside which violations were replayed. */
  readonly confirmedOn: { readonly name: string; readonly version: string } | null;
  readonly invariants: readonly InvariantData[];
  readonly specs: readonly SpecData[];
  /** What verdicts and classes refer to by its number; one that several share is here once. */
  readonly cases: readonly CaseData[];
  readonly races: readonly RaceData[];
  /** Releases that are patched, with what the patch changes. */
  readonly patched: readonly { readonly id: string; readonly says: string }[];
  /** What they do in the cases that are about them; the page cannot run them. */
  readonly recorded: readonly { readonly at: number; readonly run: Run }[];
  readonly growth: readonly GrowthData[];
  readonly behaviours: readonly BehaviourCounts[];
  readonly classes: readonly ClassCounts[];
}

interface InvariantData {
  readonly id: string;
  readonly statement: string;
  readonly source: string;
}

export interface SpecData {
  readonly file: string;
  readonly title: string;
  readonly question: string;
  readonly answer: string;
  readonly sources: readonly { readonly ref: string; readonly says: string }[];
  readonly checks: readonly CheckData[];
}

/** A check that asks invariants of releases, or one that compares two releases. */
export type CheckData = JudgedData | ComparedData;

interface CheckHead {
  readonly title: string;
  /** What was tried, in words. */
  readonly bounds: string;
  /** Pages of the window; of the largest, where there are several. */
  readonly pages: number;
}

interface JudgedData extends CheckHead {
  readonly kind: 'enumerate' | 'race' | 'reach';
  readonly searches: readonly SearchData[];
  readonly verdicts: readonly VerdictData[];
}

/** The work behind the verdicts of one release. */
export interface SearchData {
  readonly release: string;
  readonly pages: number;
  /** Address spaces begun in; states, where calls lead from one to the next. */
  readonly spaces: number;
  readonly transitions: number;
  /** By how much map_count exceeds, on the way through a call, what it began with; at most. */
  readonly peak: number;
  readonly complete: boolean;
}

export interface VerdictData {
  readonly invariant: string;
  readonly release: string;
  readonly expected: 'holds' | 'violated' | 'untested';
  readonly found: 'holds' | 'violated' | 'untested' | 'unknown';
  readonly because: string;
  /** Calls that the promise is about, and that break it. */
  readonly applied: number;
  readonly broken: number;
  readonly shown: ShownData | null;
  readonly confirmation: ConfirmationData | null;
}

/** What a violation is shown by: a number of `cases` or `races`, and what is wrong in it. */
export interface ShownData {
  readonly kind: 'call' | 'race';
  readonly at: number;
  readonly explanation: string;
}

export interface ConfirmationData {
  readonly state: 'confirmed' | 'refuted' | 'impossible';
  /** Why a kernel cannot be asked, or in what it differs. */
  readonly reason: string;
}

interface ComparedData extends CheckHead {
  readonly kind: 'compare';
  readonly releases: readonly [string, string];
  readonly spaces: number;
  readonly transitions: number;
  readonly complete: boolean;
  readonly classes: readonly ClassData[];
}

/** Calls of which two releases make something else, alike to a caller. */
export interface ClassData {
  readonly state: 'expected' | 'unexpected' | 'missing' | 'unknown';
  readonly shape: string;
  readonly from: string;
  readonly to: string;
  readonly headroom: readonly [number, number] | null;
  readonly count: number;
  readonly because: string | null;
  /** The smallest call of the class, by its number in `cases`. */
  readonly smallest: number | null;
}

/** Threads in one interleaving. */
export interface RaceData extends SetupData {
  /** The release that was raced on, and the one of the model that it is or is an edit of. */
  readonly release: string;
  readonly root: string;
  readonly limit: number;
  readonly threads: readonly ThreadData[];
  readonly moments: readonly MomentData[];
}

export type ThreadData =
  | { readonly does: 'call'; readonly call: Call; readonly result: string | null }
  | { readonly does: 'lower'; readonly limit: number }
  | { readonly does: 'read'; readonly seen: number | null };

/** One step of one thread; `step` is null where it lowers the limit or reads map_count. */
interface MomentData {
  readonly thread: number;
  readonly step: string | null;
  readonly kernel: string;
  /** It changed something that others see, or ended the call. */
  readonly notable: boolean;
  readonly mapCount: number;
  readonly limit: number;
  /** The address space after it; null where it is as it was. */
  readonly vmas: readonly Vma[] | null;
  readonly result: string | null;
}

/** How the cost of a search grew with its window, on one machine; `x` is in pages. */
export interface GrowthData {
  readonly search: string;
  readonly machine: string;
  readonly points: readonly {
    readonly x: number;
    readonly calls: number;
    readonly seconds: number;
  }[];
}

/** Classes of calls that two releases end differently, in windows of growing size. */
export interface ClassCounts {
  readonly releases: readonly [string, string];
  readonly points: readonly { readonly pages: number; readonly classes: number }[];
}

/** Classes of what calls come to on a release, in windows of growing size; counted once, not for this report. */
export interface BehaviourCounts {
  readonly release: string;
  readonly points: readonly { readonly pages: number; readonly classes: number }[];
}
