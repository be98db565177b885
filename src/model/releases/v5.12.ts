import { updated } from '../edits.js';
import type { Release } from '../release.js';
import { dontunmapDropsAnonVma } from '../steps/dontunmap.js';
import { v5_11 } from './v5.11.js';

export const v5_12: Release = {
  id: 'v5.12',
  covers: { first: '5.12', last: '5.12' },
  sources: [
    {
      ref: 'mm/mremap.c of 5.11.14 and 5.12.9',
      says: 'the anon_vma of a source that was moved whole is taken from it',
    },
  ],
  changes: 'A source that DONTUNMAP has moved whole loses its anon_vma.',
  kernels: ['5.12.9'],
  calls: updated('mremap', ...dontunmapDropsAnonVma)(v5_11).calls,
};
