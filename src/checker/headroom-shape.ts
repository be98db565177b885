import { isFree, isStrictlyInside, type Vmas, vmaAt } from '../model/address-space.js';
import type { Call, MremapCall } from '../model/calls.js';
import { endOf, isLocked } from '../model/vma.js';
import { callShape } from './shape.js';

/** What of an outcome tells shapes apart. */
interface Ended {
  /** Page returned. */
  readonly result: number;
  readonly pieces: number;
}

const meetsOneVma = (before: Vmas, start: number, end: number): boolean => {
  const vma = vmaAt(before, start);
  return vma !== undefined && end <= endOf(vma);
};

function shrinkShape(before: Vmas, { addr, oldLen, newLen }: MremapCall): string {
  const [start, end] = [addr + newLen, addr + oldLen];
  if (isStrictlyInside(before, start, end)) return 'shrink in place, middle of a VMA';
  return meetsOneVma(before, start, end)
    ? 'shrink in place, end of a VMA'
    : 'shrink in place, several VMAs';
}

/** Whether something of the range is not mapped. */
function hasHole(before: Vmas, start: number, end: number): boolean {
  for (let page = start; page < end; page++) if (isFree(before, page, page + 1)) return true;
  return false;
}

function mremapShape(before: Vmas, call: MremapCall, { result, pieces }: Ended): string {
  const { addr, oldLen } = call;
  const shape = callShape(call);
  if (shape === 'shrink in place') return shrinkShape(before, call);
  if (shape === 'grow in place' || shape === 'grow, may move') {
    return result === addr ? 'grow in place' : 'grow by a move';
  }
  if (pieces > 1) {
    const gaps = hasHole(before, addr, addr + oldLen) ? 'with gaps' : 'no gaps';
    return `${shape}, several VMAs, ${gaps}`;
  }
  const vma = vmaAt(before, addr);
  const implied = shape !== 'no-op' && vma !== undefined && isLocked(vma);
  return implied ? `${shape}, locked` : shape;
}

function rangeShape(before: Vmas, call: Exclude<Call, MremapCall>): string {
  const end = call.addr + call.len;
  if (call.call === 'mmap') {
    return isFree(before, call.addr, end) ? 'mmap of free pages' : 'mmap over something';
  }
  if (isStrictlyInside(before, call.addr, end)) return `${call.call}, middle of a VMA`;
  return meetsOneVma(before, call.addr, end)
    ? `${call.call}, end of a VMA or all`
    : `${call.call}, several VMAs`;
}

/** What kind of call it is where map slots are counted; of a call that succeeds. */
export const headroomShape = (before: Vmas, call: Call, ended: Ended): string =>
  call.call === 'mremap' ? mremapShape(before, call, ended) : rangeShape(before, call);

const MOVES = ['FIXED move', 'FIXED grow', 'FIXED shrink', 'DONTUNMAP', 'DONTUNMAP|FIXED'];
const RANGES = ['munmap', 'mprotect', 'mlock', 'munlock'];

/** Every shape, in the order of a table. */
export const HEADROOM_SHAPES: readonly string[] = [
  'no-op',
  ...['end of a VMA', 'middle of a VMA', 'several VMAs'].map(
    (where) => `shrink in place, ${where}`,
  ),
  'grow in place',
  'grow by a move',
  ...MOVES.flatMap((shape) => [shape, `${shape}, locked`]),
  ...['FIXED move', 'DONTUNMAP|FIXED'].flatMap((shape) =>
    ['no gaps', 'with gaps'].map((gaps) => `${shape}, several VMAs, ${gaps}`),
  ),
  ...RANGES.flatMap((call) =>
    ['middle of a VMA', 'end of a VMA or all', 'several VMAs'].map((where) => `${call}, ${where}`),
  ),
  'mmap of free pages',
  'mmap over something',
];
