import * as addressSpace from './address-space.js';
import * as calls from './calls.js';
import * as edits from './edits.js';
import { Errno } from './errno.js';
import type { CallName, Release } from './release.js';
import { releaseByRef } from './releases/variant.js';
import * as state from './state.js';
import { GUARDS, type Guard, type Step } from './step.js';
import { countCheck } from './steps/counts.js';
import * as vma from './vma.js';

function guard(name: string): Guard {
  const found = GUARDS.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = GUARDS.map((one) => `"${one.name}"`).join(', ');
  throw new RangeError(`found the condition "${name}", expected one of ${known}`);
}

function step(ref: string, name: string, call: CallName = 'mremap'): Step {
  const found = releaseByRef(ref).calls[call].find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new RangeError(`found "${name}", expected a step of ${call} of ${ref}`);
}

/** What a patch that is a module is given beside the release. */
export type Kit = typeof edits &
  typeof state & {
    readonly countCheck: typeof countCheck;
    readonly guard: typeof guard;
    readonly step: typeof step;
    readonly Errno: typeof Errno;
    readonly calls: typeof calls;
    readonly addressSpace: typeof addressSpace;
    readonly vma: typeof vma;
  };

/** What a patch that is a module is given to work with, so that it need not import anything. */
export const kit: Kit = {
  /** `editedBy` and the edits for it: `dropped`, `changed`, `moved`, `swapped`, `inserted`, `replaced`, `updated`, `edited`; `asking` for a step that is inserted. */
  ...edits,
  /** A check of map_count. */
  countCheck,
  /** A condition by its name. */
  guard,
  /** A step of a release of the model. */
  step,
  Errno,
  /** For the `run` of a step: what a state is and how it is changed. */
  ...state,
  calls,
  addressSpace,
  vma,
};

/** The default export of a patch that is a module. */
export type Patch = (release: Release, kit: Kit) => Release;
