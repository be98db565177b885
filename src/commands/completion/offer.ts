import type { Argument, Values } from '../command.js';

/** The words that some values can be. */
export interface KnownWords {
  readonly release: readonly string[];
  readonly invariant: readonly string[];
}

/** What a shell may offer: words, and whether files too. */
export interface Offer {
  readonly words: readonly string[];
  readonly files: 'files' | 'folders' | undefined;
}

const NOTHING: Offer = { words: [], files: undefined };

export function offerOf(values: Values | undefined, known: KnownWords): Offer {
  if (values === undefined) return NOTHING;
  if (values === 'file') return { words: [], files: 'files' };
  if (values === 'folder') return { words: [], files: 'folders' };
  if (values === 'kernel') return { words: ['live', 'uml'], files: 'files' };
  // A patch may stand where a release is named.
  if (values === 'release') return { words: known.release, files: 'files' };
  if (values === 'invariant') return { words: known.invariant, files: undefined };
  return { words: values, files: undefined };
}

/** In single quotes, for all three shells. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Of a command whose arguments are all alike, or which has none. */
export const argumentOffer = (given: readonly Argument[], known: KnownWords): Offer =>
  offerOf(given.at(-1)?.values, known);
