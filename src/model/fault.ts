import { findIndex, spliced, type Vmas } from './address-space.js';
import {
  endOf,
  idOf,
  isFaulted,
  isShared,
  isWritable,
  kindOf,
  MAX_ID,
  ModelLimitError,
  sameButProtection,
  startOf,
  type Vma,
  withId,
} from './vma.js';

/** The least identity that no VMA of this kind uses. */
export function unusedId(vmas: Vmas, kind: number): number {
  let used = 0;
  for (const vma of vmas) if (kindOf(vma) === kind) used |= 1 << idOf(vma);
  for (let id = 1; id <= MAX_ID; id++) if ((used & (1 << id)) === 0) return id;
  throw new ModelLimitError(`more than ${MAX_ID} distinct anon_vmas or objects`);
}

/** anon_vma_compatible(): neighbours that differ at most in protection, with offsets that continue; what is unwritten is not away. */
const mayShareAnonVma = (left: Vma, right: Vma): boolean =>
  endOf(left) === startOf(right) && sameButProtection(left, right);

/** The anon_vma for a first write fault: the next VMA's, else the previous one's, else a new one (find_mergeable_anon_vma). */
function anonVmaFor(vmas: Vmas, index: number): number {
  const vma = vmas[index] as Vma;
  const next = vmas[index + 1];
  if (next !== undefined && isFaulted(next) && mayShareAnonVma(vma, next)) return idOf(next);
  const prev = vmas[index - 1];
  if (prev !== undefined && isFaulted(prev) && mayShareAnonVma(prev, vma)) return idOf(prev);
  return unusedId(vmas, kindOf(vma));
}

/**
 * A write fault at `page`: a private VMA without anon_vma gets one. Undefined where nothing writable is
 * mapped, which is a SIGSEGV.
 */
export function writeFault(vmas: Vmas, page: number): Vmas | undefined {
  const i = findIndex(vmas, page);
  const vma = vmas[i];
  if (vma === undefined || startOf(vma) > page || !isWritable(vma)) return undefined;
  if (isShared(vma) || isFaulted(vma)) return vmas;
  return spliced(vmas, i, 1, [withId(vma, anonVmaFor(vmas, i))]);
}
