import type { Vmas } from '../../src/model/address-space.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { Accounts } from '../../src/model/state.js';
import { endOf, isAccounted, isLocked, startOf, type Vma } from '../../src/model/vma.js';

const pagesWhere = (vmas: Vmas, holds: (vma: Vma) => boolean): number =>
  vmas.filter(holds).reduce((sum, vma) => sum + endOf(vma) - startOf(vma), 0);

/** What total_vm, locked_vm and the commit charge are by what is mapped, summed over all VMAs. */
export const recount = (vmas: Vmas): Accounts => ({
  total: pagesWhere(vmas, () => true),
  locked: pagesWhere(vmas, isLocked),
  committed: pagesWhere(vmas, isAccounted),
});

/** What a call made the counters have more than what is mapped; 0 where they are exact. */
export function drift(before: Vmas, { vmas, accounts }: Outcome): Accounts {
  const [was, is] = [recount(before), recount(vmas)];
  // The sums are in this order so that none of them is -0.
  return {
    total: was.total + accounts.total - is.total,
    locked: was.locked + accounts.locked - is.locked,
    committed: was.committed + accounts.committed - is.committed,
  };
}
