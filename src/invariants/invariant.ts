import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Outcome } from '../model/outcome.js';
import type { Machine } from '../model/plan.js';
import type { Env, Pages } from '../model/state.js';

/** What a call in a race can say beside its own transition. */
export interface RaceView {
  /** A thread of the race lowers max_map_count. */
  readonly lowered: boolean;
  /** Of the race as a whole; told with the call of its last thread that makes one. */
  readonly whole?: {
    /** Some order of the calls, one after the other, gives the same results and the same end. */
    readonly sequential: () => boolean;
    /** Each map_count that a reader without the lock saw. */
    readonly reads: readonly number[];
    /** What map_count may be: max_map_count before the race, or map_count then if it was above. */
    readonly allowed: number;
  };
}

/** One call, from the state before it to the one after it. */
export interface Transition {
  readonly on: Machine;
  readonly env: Env;
  readonly before: Vmas;
  /** Frame tokens before the call: page + 1 at every mapped page, 0 elsewhere. */
  readonly pages: Pages;
  readonly call: Call;
  readonly outcome: Outcome;
  /** Given where other threads ran meanwhile; `before` and `env` are then what the lock was taken in. */
  readonly race?: RaceView;
}

/** A promise about single calls that is true or false of each of them. */
export interface Invariant {
  readonly id: string;
  /** What is promised, in one sentence. */
  readonly statement: string;
  /** The same in symbols, those of `NOTATION`, as `applies` ⇒ `holds` test it. */
  readonly definition: string;
  /** Where the promise comes from, or what it would mean to break it. */
  readonly source: string;
  /**
   * `applies` or `holds` look at max_map_count; `explain` may in any case. Without it a search judges an
   * outcome once for all limits under which the call has it.
   */
  readonly looksAtLimit?: true;
  /**
   * Of one that looks at the limit: the greatest max_map_count up to which, from that of the transition on,
   * `applies` and `holds` say the same of the same outcome. Without it they are asked under each limit.
   */
  readonly alikeUpTo?: (t: Transition) => number;
  /**
   * Of a call that is refused with nothing changed `applies` or `holds` look at more of the arguments than
   * the flags. Without it a search judges one of several such calls for all.
   */
  readonly looksAtArguments?: true;
  /**
   * Of one that looks at arguments: what it looks at beside the flags in a call that a step refuses for its
   * arguments, whatever is mapped. Of calls that such a step refuses it says the same where that is equal;
   * without it, of all of them.
   */
  readonly argumentsOf?: (call: Call, taskEnd: number) => string;
  /**
   * `applies` and `holds` look at nothing but which system call it is, what it returns, the step that ended
   * it, max_map_count, and map_count before and after. A search of nothing else judges calls that end alike
   * at once.
   */
  readonly ofCountsAlone?: true;
  /** Whether the call is one that the promise is about; one that no call is about has not been tested. */
  readonly applies: (t: Transition) => boolean;
  /** Whether the promise is kept; asked only where it applies. */
  readonly holds: (t: Transition) => boolean;
  /** What is wrong, for a call that breaks the promise. */
  readonly explain: (t: Transition) => string;
}

/** What the symbols of definitions stand for; a stroke is for after the call. */
export const NOTATION: readonly (readonly [symbol: string, meaning: string])[] = [
  ['V, V′', 'the VMAs before and after the call'],
  ['n, n′', '`map_count` before and after; max n is its highest value under the lock'],
  ['L', '`max_map_count`'],
  ['r', 'what the call returns: a page, or an errno negated'],
  ['σ', 'the step that ended the call'],
  ['f(p), f′(p)', 'the frame at page p; ∅ for none'],
  ['m(p), m′(p)', 'what is mapped at page p, as user space can tell; ∅ for nothing'],
  [
    'S, D',
    'the ranges of source and destination; Sᵢ and Dᵢ their pages, |S| and |D| their lengths',
  ],
  ['r∞', 'what the call returns in the same state with L out of reach'],
  ['r₋, n₋, V₋', 'the outcome in the same state on the release without the step σ'],
  ['pages(V, X)', 'pages of the VMAs of V that have the flag X; of all of them without X'],
  ['Δx', 'what the call adds to the counter x'],
];
