// A patch, judged before it is written: what if the move check of 7.3 asked for 5 map slots, and the
// early check went on asking for 4? A release with one step changed is searched for calls that break a
// promise, and the smallest is shown.
import { type EnumerateBounds, enumerate, fromEnumeration } from 'mremap-check/checker';
import { type Invariant, invariantById } from 'mremap-check/invariants';
import { changed, machine, type Release, releaseByRef } from 'mremap-check/model';

const base: Release = releaseByRef('v7.3');
const stricter = changed('mremap', 'move-count-check', { count: { need: 5 } });
const patched: Release = { ...stricter(base), id: 'v7.3-patched' };

const bounds: EnumerateBounds = {
  pages: 4,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [0, 6],
  mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'equal', destinations: 'fits' },
};

const promise = invariantById('limit-enomem-untouched') as Invariant;
for (const release of [base, patched]) {
  const on = machine(release);
  const [finding] = enumerate(on, bounds, [promise]).findings;
  const shown = finding && fromEnumeration(on, bounds, promise, finding);
  console.log(`${promise.id} on ${release.id}: ${shown?.explanation ?? 'holds'}`);
}
