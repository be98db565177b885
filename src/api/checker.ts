/**
 * The searches: every call in every address space within bounds (`enumerate`), everything that calls reach
 * (`reach`), every interleaving of threads (`race`), and where two releases differ (`compare`).
 *
 * They run to the end in the calling thread. An enumeration, a race or a comparison can be cut into
 * parts, to be run elsewhere and added up.
 *
 * @module mremap-check/checker
 */
export type {
  CompareBounds,
  EnumerateBounds,
  MremapBounds,
  RaceBounds,
  RaceThread,
  ReachBounds,
  SpaceBounds,
  VmaClass,
} from '../checker/bounds.js';
export {
  addComparisons,
  type BehaviourClass,
  type Comparison,
  comparePart as compare,
} from '../checker/compare.js';
export { type Counterexample, fromEnumeration, fromReach } from '../checker/counterexample.js';
export { type Difference, differenceOf } from '../checker/difference.js';
export {
  addEnumerations,
  type Enumeration,
  enumeratePart as enumerate,
  type SearchOptions,
} from '../checker/enumerate.js';
export type { Finding, Witness } from '../checker/findings.js';
export type { HistorySearch } from '../checker/history.js';
export type { Deed, Moment } from '../checker/interleaving.js';
export { judge, type Sequence } from '../checker/judge.js';
export type { PartingStep, PartingSteps } from '../checker/parting.js';
export { addRaces, type RaceOptions, type RaceSearch, racePart as race } from '../checker/race.js';
export { fromRaces, type RaceCounterexample } from '../checker/race-counterexample.js';
export type { ReachOptions } from '../checker/reach/expander.js';
export { type Reach, type ReachFinding, reach } from '../checker/reach/reach.js';
export type { Aspect, Seen } from '../checker/sight.js';
export { type AddressSpaces, addressSpaces } from '../checker/spaces.js';
export type { Counts, Work } from '../checker/tally.js';
