import { type Call, DONTUNMAP, FIXED, MAYMOVE } from '../model/calls.js';

const LENGTHS = ['shrink', 'move', 'grow'] as const;

/** What an mremap() may be. */
export const MREMAP_SHAPES: readonly string[] = [
  'no-op',
  'shrink in place',
  'grow in place',
  'grow, may move',
  'FIXED shrink',
  'FIXED move',
  'FIXED grow',
  'DONTUNMAP',
  'DONTUNMAP, lengths differ',
  'DONTUNMAP|FIXED',
  'DONTUNMAP|FIXED, lengths differ',
  'new address without MAYMOVE',
  'old length 0',
];

/** What kind of call it is, in the words that a caller would use; of an mremap() by its flags and its lengths in whole pages. */
export function callShape(call: Call): string {
  if (call.call !== 'mremap') return call.call;
  const { flags, oldLen, newLen } = call;
  if (oldLen === 0) return 'old length 0';
  const sign = 1 + Math.sign(Math.ceil(newLen) - Math.ceil(oldLen));
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
