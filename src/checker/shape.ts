import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../model/calls.js';

const LENGTHS = ['shrink', 'move', 'grow'] as const;

/** What kind of mremap() a call is, in the words that a caller would use. */
export function callShape({ flags, oldLen, newLen }: MremapCall): string {
  const sign = 1 + Math.sign(newLen - oldLen);
  const implied = flags & (FIXED | DONTUNMAP);
  if (implied === 0) {
    if (sign === 1) return 'no-op';
    if (sign === 0) return 'shrink in place';
    return (flags & MAYMOVE) === 0 ? 'grow in place' : 'grow, may move';
  }
  if ((flags & MAYMOVE) === 0) return 'new address without MAYMOVE';
  if (implied === FIXED) return `FIXED ${LENGTHS[sign]}`;
  const name = implied === DONTUNMAP ? 'DONTUNMAP' : 'DONTUNMAP|FIXED';
  return sign === 1 ? name : `${name}, lengths differ`;
}
