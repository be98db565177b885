import { isFree, isStrictlyInside, vmaAt } from '../model/address-space.js';
import { FIXED, type MremapCall } from '../model/calls.js';
import type { State } from '../model/state.js';
import { endOf, isLocked, startOf, type Vma } from '../model/vma.js';
import { callShape } from './shape.js';

/** What a check of map_count may go by: nothing, the arguments, or also the address space as it finds it. */
export type ConditionBy = 'constant' | 'shape' | 'facts';
export const CONDITION_KINDS: readonly ConditionBy[] = ['constant', 'shape', 'facts'];

/** Behind the shape, and between two facts. */
const SEPARATOR = '; ';

/** Whether a growing call without a new address can stay where it is. */
const hasRoom = (s: State, vma: Vma): boolean => {
  const end = s.addr + s.oldLen;
  return end === endOf(vma) && isFree(s.vmas, end, s.addr + s.newLen);
};

/** What is true of source and destination, in words; each costs a lookup or a comparison under the lock. */
function factsOf(s: State, { flags }: MremapCall): string[] {
  const vma = vmaAt(s.vmas, s.addr);
  if (vma === undefined) return [];
  const { addr, oldLen, newAddr, newLen } = s;
  const oldEnd = addr + oldLen;
  const facts: [string, boolean][] = [
    ['source is mapped', true],
    ['locked', isLocked(vma)],
    ['source starts inside its VMA', startOf(vma) < addr],
    ['source ends inside its VMA', addr + Math.min(oldLen, newLen) < endOf(vma)],
    ['source is of several VMAs', newLen >= oldLen && oldEnd > endOf(vma)],
    ['tail inside a VMA', newLen < oldLen && isStrictlyInside(s.vmas, addr + newLen, oldEnd)],
    ['room behind', newLen > oldLen && (flags & FIXED) === 0 && hasRoom(s, vma)],
    [
      'destination inside a VMA',
      (flags & FIXED) !== 0 && isStrictlyInside(s.vmas, newAddr, newAddr + newLen),
    ],
  ];
  return facts.flatMap(([name, holds]) => (holds ? [name] : []));
}

/** A case that a condition tells from others: the shape of the call, then the facts that hold. */
export function caseOf(by: ConditionBy, s: State): string {
  if (by === 'constant') return 'any call';
  const call = s.call as MremapCall;
  const shape = callShape(call);
  return by === 'shape' ? shape : [shape, ...factsOf(s, call)].join(SEPARATOR);
}

/** The shape and the facts of a case that was told by facts. */
export function partsOf(name: string): { readonly shape: string; readonly facts: string[] } {
  const [shape = '', ...facts] = name.split(SEPARATOR);
  return { shape, facts };
}

/** The case that a coarser condition makes of one told by facts. */
export const coarser = (by: ConditionBy, name: string): string =>
  by === 'constant' ? 'any call' : by === 'shape' ? partsOf(name).shape : name;
