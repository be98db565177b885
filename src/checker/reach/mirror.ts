import type { Invariant } from '../../invariants/invariant.js';
import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import type { Release } from '../../model/release.js';
import { knownReleases } from '../../model/releases/index.js';
import {
  isAccounted,
  isShared,
  isWritable,
  Prot,
  type ProtName,
  type Vma,
  withAccount,
  withProt,
} from '../../model/vma.js';
import type { ReachBounds, VmaClass } from '../bounds.js';

/** An address space with r in place of rw, and rw in place of r; twice it is what it was. */
export type Mirror = (vmas: Vmas) => Vmas;

function swapped(vma: Vma): Vma {
  const fresh = withProt(vma, isWritable(vma) ? Prot.r : Prot.rw);
  // What is private and writable is accounted; where there is no commit limit nothing asks for that.
  return isShared(vma) ? fresh : withAccount(fresh, !isAccounted(vma));
}

/** The mirror image; the empty window is its own, and nothing else is. */
const mirror: Mirror = (vmas) => vmas.map(swapped);

/** Whether an address space counts as the second of itself and its mirror image. */
export const isSecond = (vmas: Vmas): boolean => vmas.length > 0 && isWritable(vmas[0] as Vma);

/** The call that does in a mirror image what the call does; only mmap() is given a protection where there is one. */
export const mirroredCall = (call: Call): Call =>
  call.call === 'mmap' ? { ...call, prot: call.prot === 'r' ? 'rw' : 'r' } : call;

/** Whether all calls that are made compare protections at most. */
const isBlind = ({ calls }: Release, { calls: made, mremap }: ReachBounds): boolean =>
  made.every((call) => calls[call].every((step) => step.tellsProtections !== true)) &&
  // A source of length zero is never unmapped, and loses its VM_ACCOUNT for that.
  mremap.odd !== true;

const hasBoth = ({ classes }: ReachBounds): boolean => {
  const has = (kind: VmaClass['kind'], prot: ProtName): boolean =>
    classes.some((one) => one.kind === kind && one.prot === prot);
  return classes.every(({ kind }) => has(kind, 'r') && has(kind, 'rw'));
};

/**
 * How to find the mirror image of a state, where it is enough to search one of the two: a call in one
 * does what the mirrored call does in the other, and ends in the same step. That is so in the releases of
 * the model, and a test makes every call in both; a step of a patch may do otherwise.
 *
 * @param release undefined if it is not of the model
 */
export function mirrorOf(
  release: Release | undefined,
  bounds: ReachBounds,
  invariants: readonly Invariant[],
): Mirror | undefined {
  if (release === undefined || !knownReleases.includes(release)) return undefined;
  const counts = invariants.every(({ ofCountsAlone }) => ofCountsAlone === true);
  return counts && isBlind(release, bounds) && hasBoth(bounds) ? mirror : undefined;
}
