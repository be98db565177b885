/** Which scenarios were run. */
export type Work =
  | { readonly kind: 'random'; readonly count: number; readonly seed: number }
  | { readonly kind: 'exhaustive'; readonly pages: number }
  | { readonly kind: 'file'; readonly file: string };
