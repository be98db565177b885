/**
 * The state machine of `mremap()` and its neighbours, release by release: run a call on a release, step
 * by step if wanted, or change a release and run it on that.
 *
 * Addresses and lengths are in pages throughout, and ranges half-open. Nothing here reads files, starts
 * threads or looks at the machine it runs on.
 *
 * @module mremap-check/model
 */
export type { Vmas } from '../model/address-space.js';
export {
  type Call,
  DONTUNMAP,
  FIXED,
  type FlagCall,
  type FlagName,
  flagNames,
  MAYMOVE,
  type MmapCall,
  type MprotectCall,
  type MremapCall,
  type MunmapCall,
  type TouchCall,
} from '../model/calls.js';
export {
  CannotEdit,
  changed,
  dropped,
  type Edit,
  edited,
  editedBy,
  inserted,
  moved,
  type Needs,
  type Place,
  replaced,
  type StepChange,
} from '../model/edits.js';
export { Errno, type ErrnoName, errnoName } from '../model/errno.js';
export { frameTokens } from '../model/frame-tokens.js';
export type { Kit, Patch } from '../model/kit.js';
export type { Failure, Outcome } from '../model/outcome.js';
export { type Machine, machine } from '../model/plan.js';
export type { CallName, CallSteps, Release, Source } from '../model/release.js';
export { knownReleases, releases, stableReleases } from '../model/releases/index.js';
export { releaseByRef, UnknownRelease } from '../model/releases/variant.js';
export { type MicroStep, observe } from '../model/run.js';
export {
  type Accounts,
  type Env,
  env,
  fail,
  headroom,
  type Pages,
  type Ranges,
  type ResourceLimits,
  type SeveralVmas,
  type Shared,
  type State,
  unlimited,
} from '../model/state.js';
export type {
  CallShape,
  Cause,
  CountCheck,
  Guard,
  MayFail,
  Range,
  Step,
  Within,
} from '../model/step.js';
export {
  AWAY,
  displacementOf,
  endOf,
  idOf,
  isAccounted,
  isArmed,
  isAway,
  isLocked,
  isSealed,
  Kind,
  type KindName,
  kindName,
  MAX_PAGES,
  ModelLimitError,
  makeVma,
  Prot,
  type ProtName,
  pagesOf,
  protName,
  startOf,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
  type Vma,
  type VmaParts,
} from '../model/vma.js';
