/** Witnesses kept for a finding: some address spaces have no history, so that the smallest may be of no use. */
export const KEPT = 24;

/** The best of some witnesses, one an address space, best first. */
export function bestPerSpace<W extends { readonly space: number }>(
  witnesses: readonly W[],
  byRank: (a: W, b: W) => number,
): W[] {
  const kept: W[] = [];
  for (const witness of [...witnesses].sort(byRank)) {
    if (!kept.some(({ space }) => space === witness.space)) kept.push(witness);
    if (kept.length === KEPT) break;
  }
  return kept;
}
