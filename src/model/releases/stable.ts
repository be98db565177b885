import { changed, type Edit, editedBy, inserted, updated } from '../edits.js';
import type { Release } from '../release.js';
import { UNMAPS_SOURCE } from '../step.js';
import {
  dontunmapDropsAccount,
  dontunmapResetsOffset,
  splitLockedSource,
} from '../steps/dontunmap.js';
import { copyVma } from '../steps/move.js';
import { gatheringUnmap } from '../steps/unmap.js';

const BOOTED = 'kernels of Debian, booted';

const offsetAsNew: Edit = updated('mremap', ...dontunmapResetsOffset);
const OFFSET_AS_NEW = 'The page offset of a source of DONTUNMAP that was moved whole begins anew.';

/** What 7.2.11 does with DONTUNMAP, but for its checks of map_count, with the merges of before 6.16. */
const fixesOfDontunmap = (besideSource: 'apart' | 'alone'): readonly Edit[] => [
  ...splitLockedSource.map((step, i) =>
    inserted('mremap', step, { behind: splitLockedSource[i - 1]?.name ?? 'unmerge-ksm' }),
  ),
  updated('mremap', copyVma('unfaulted-joins-faulted', { besideSource })),
  offsetAsNew,
];

const SOURCE_AS_NEW =
  'A locked source of DONTUNMAP is split off and unlocked alone, and the page offset of one that was moved whole begins anew';

/** Stable kernels that do not behave as the mainline release that they come from, each an edit of that. */
export const stableOf = (mainline: (id: string) => Release): readonly Release[] => {
  const edit = (
    of: string,
    { edits, ...own }: Omit<Release, 'calls' | 'base'> & { readonly edits: readonly Edit[] },
  ): Release => {
    const base = mainline(of);
    return { ...editedBy(base, ...edits), ...own, base };
  };
  return [
    edit('v6.1', {
      id: 'v6.1.192',
      covers: { first: '6.1.192', last: '6.1' },
      sources: [
        {
          ref: 'linux-source-6.1 6.1.192-2 of Debian',
          says: 'a copy is told its source, and asks whether the two would merge',
        },
        { ref: BOOTED, says: 'up to 6.1.190 they behave as v6.1' },
      ],
      changes: `${SOURCE_AS_NEW}. The copy of an unwritten source beside it merges with nothing.`,
      kernels: ['6.1.192'],
      edits: fixesOfDontunmap('alone'),
    }),
    edit('v6.1', {
      id: 'v6.5.3',
      covers: { first: '6.5', last: '6.5.3' },
      sources: [
        { ref: '408579cd627a', says: 'move_vma() takes a munmap that succeeds for one that fails' },
        { ref: '3cec50490969', says: 'undoes that, in 6.5.4 and 6.6' },
      ],
      changes:
        'A move charges an accounted source once more when it is gone, and takes VM_ACCOUNT from the rest of its VMA.',
      kernels: ['6.5.0'],
      edits: [updated('mremap', ...gatheringUnmap.source('if-unmapped'))],
    }),
    edit('v6.12', {
      id: 'v6.12.115',
      covers: { first: '6.12.115', last: '6.12' },
      sources: [{ ref: BOOTED, says: 'up to 6.12.113 they behave as v6.12' }],
      changes: `${SOURCE_AS_NEW}. Its copy does not merge with its source.`,
      kernels: ['6.12.115', '6.12.116', '6.12.117'],
      edits: fixesOfDontunmap('apart'),
    }),
    edit('v6.17', {
      id: 'v6.17.5',
      covers: { first: '6.17.0', last: '6.17.5' },
      sources: [
        { ref: 'mm/mremap.c of 6.17', says: 'DONTUNMAP takes VM_ACCOUNT from the source' },
        { ref: '0e59f47c15ce', says: 'it keeps it, from 6.17.6 on' },
        { ref: BOOTED, says: '6.17.8 and 6.17.13 behave as v6.17' },
      ],
      changes: 'DONTUNMAP takes VM_ACCOUNT from all of the source VMA, as from 6.15 on.',
      kernels: ['6.17.0'],
      edits: [updated('mremap', ...dontunmapDropsAccount)],
    }),
    edit('v7.1', {
      id: 'v7.2.6',
      covers: { first: '7.2', last: '7.2.6' },
      sources: [{ ref: BOOTED, says: 'up to 7.1.13 they behave as v7.1' }],
      changes: OFFSET_AS_NEW,
      kernels: ['7.2.6'],
      edits: [offsetAsNew],
    }),
    edit('v7.1', {
      id: 'v7.2.9',
      covers: { first: '7.2.9', last: '7.2.9' },
      sources: [{ ref: BOOTED, says: 'up to 7.2.6 they behave as v7.2.6, from 7.2.11 on as v7.2' }],
      changes: `DONTUNMAP of a locked source adds nothing to locked_vm. ${OFFSET_AS_NEW}`,
      kernels: ['7.2.9'],
      edits: [offsetAsNew, changed('mremap', 'lock-copy', { when: [UNMAPS_SOURCE] })],
    }),
  ];
};
