import type { Expansion, Slice } from '../checker/reach/slices.js';

/** A slice of a reach search and what came out of it, with their words as text: plain data. */
export type SliceText = Omit<Slice, 'states'> & { readonly states: string };
export type ExpansionText = Omit<Expansion, 'successors'> & { readonly successors: string };

/** In base64, in the order of the bytes of this machine: four bytes take five and a third. */
const textOf = ({ buffer, byteOffset, byteLength }: Int32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

function wordsOf(text: string): Int32Array {
  // A buffer from the pool of Node need not begin where a word may.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Int32Array(bytes.buffer);
}

export const sliceText = (slice: Slice): SliceText => ({ ...slice, states: textOf(slice.states) });

export const sliceFrom = (text: SliceText): Slice => ({ ...text, states: wordsOf(text.states) });

export const expansionText = (expansion: Expansion): ExpansionText => ({
  ...expansion,
  successors: textOf(expansion.successors),
});

export const expansionFrom = (text: ExpansionText): Expansion => ({
  ...text,
  successors: wordsOf(text.successors),
});
