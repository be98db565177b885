import type { Step } from './step.js';

/** A commit, mail or tree that a release's behaviour comes from. */
export interface Source {
  readonly ref: string;
  readonly says: string;
}

/** The calls that a release describes step by step. */
export interface CallSteps {
  readonly mremap: readonly Step[];
  readonly mmap: readonly Step[];
  readonly munmap: readonly Step[];
  readonly mprotect: readonly Step[];
  readonly touch: readonly Step[];
  readonly mlock: readonly Step[];
  readonly munlock: readonly Step[];
  readonly mseal: readonly Step[];
  readonly uffd: readonly Step[];
}

/** A call that a release describes. */
export type CallName = keyof CallSteps;

/** The calls in the order in which `Machine.steps` lists their steps. */
export const CALL_NAMES: readonly CallName[] = [
  'mremap',
  'mmap',
  'munmap',
  'mprotect',
  'touch',
  'mlock',
  'munlock',
  'mseal',
  'uffd',
];

/** The steps of each call made into others. */
export const mapCalls = (
  calls: CallSteps,
  steps: (of: readonly Step[], call: CallName) => readonly Step[],
): CallSteps =>
  Object.fromEntries(
    CALL_NAMES.map((call) => [call, steps(calls[call], call)]),
  ) as unknown as CallSteps;

/** One behaviour of the mremap state machine, named after the first release that has it, or the last that a fix left so. */
export interface Release {
  readonly id: string;
  /** The releases that it stands for, both ends included; an end without a patch level is all of its stable releases. */
  readonly covers: { readonly first: string; readonly last: string };
  readonly sources: readonly Source[];
  /** What a caller sees differently from the release before. */
  readonly changes: string;
  /** Kernels that are known to behave so, from records of booted kernels. */
  readonly kernels: readonly string[];
  /** The release that this one is an edit of; `changesOf` tells the edits. */
  readonly base?: Release;
  readonly calls: CallSteps;
}

/** The release of the model that it is, or is an edit of. */
export const rootOf = (release: Release): Release =>
  release.base === undefined ? release : rootOf(release.base);

/** `6.17 to 7.0`, the one release, or `6.12.115 to 6.12.y`. */
export function coverage({ covers: { first, last } }: Release): string {
  if (first.startsWith(`${last}.`)) return `${first} to ${last}.y`;
  return first === last ? first : `${first} to ${last}`;
}
