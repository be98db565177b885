import type { Release } from '../src/model/release.js';
import type { State } from '../src/model/state.js';
import type { Vma } from '../src/model/vma.js';
import type { Kit } from '../src/patches/kit.js';

// In code, since 6.1.y does with a copy beside its source what no release does.

export const base = 'v6.0';
export const title = 'DONTUNMAP as in 6.1.192';
export const why =
  'Three fixes of 7.2 came to 6.1.y: the source is unlocked alone, it does not merge with its copy, and its offset begins anew. There the copy beside an unwritten source merges with nothing, not even with what is on its other side, so that such a call takes a map slot more than in 7.2.';
export const sources = [
  {
    ref: 'linux-source-6.1 6.1.192-2 (Debian 12)',
    says: 'move_vma() and copy_vma(); seen in a user-mode Linux built of it',
  },
];

export default function patch(release: Release, kit: Kit): Release {
  const { addressSpace, calls, edited, editedBy, inserted, replaced, step, vma, withMapping } = kit;

  const isBesideItself = ({ call, newAddr, newLen }: State, source: Vma): boolean =>
    call.call === 'mremap' &&
    (call.flags & calls.DONTUNMAP) !== 0 &&
    vma.isAnonymous(source) &&
    !vma.isFaulted(source) &&
    (newAddr === vma.endOf(source) || newAddr + newLen === vma.startOf(source));

  const copyAlone = (s: State, source: Vma): State => {
    const copy = vma.placeWord(source, s.newAddr, s.newLen, 0);
    return withMapping(s, addressSpace.insert(s.vmas, copy), { total: s.newLen });
  };

  return editedBy(
    release,
    inserted('mremap', step('v7.2', 'locked-source-split-start'), { behind: 'unmerge-ksm' }),
    inserted('mremap', step('v7.2', 'locked-source-split-end'), {
      behind: 'locked-source-split-start',
    }),
    edited('mremap', 'copy-vma', (copying) => [
      {
        ...copying,
        run: (s) => {
          const source = addressSpace.vmaAt(s.vmas, s.addr);
          const alone = source !== undefined && isBesideItself(s, source);
          return alone ? copyAlone(s, source) : copying.run(s);
        },
      },
    ]),
    replaced('mremap', 'dontunmap-complete', step('v7.2', 'dontunmap-complete')),
  );
}
