import * as addressSpace from '../model/address-space.js';
import * as calls from '../model/calls.js';
import * as edits from '../model/edits.js';
import { Errno } from '../model/errno.js';
import type { CallName, Release } from '../model/release.js';
import { releaseByRef } from '../model/releases/variant.js';
import * as state from '../model/state.js';
import { GUARDS, type Guard, type Step } from '../model/step.js';
import { countCheck } from '../model/steps/counts.js';
import * as vma from '../model/vma.js';

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

/** What a patch that is a module is given to work with, so that it need not import anything. */
export const kit = {
  /** `editedBy` and the edits for it: `dropped`, `changed`, `moved`, `inserted`, `replaced`, `edited`. */
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

export type Kit = typeof kit;

/** The default export of a patch that is a module. */
export type Patch = (release: Release, kit: Kit) => Release;
