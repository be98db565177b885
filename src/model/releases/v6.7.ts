import { updated } from '../edits.js';
import type { AnonMergeRule } from '../merge.js';
import type { Release } from '../release.js';
import { mprotect } from '../steps/mprotect.js';
import { expandMerging } from '../steps/resize.js';
import { v6_1 } from './v6.1.js';

const anonMerge: AnonMergeRule = 'unfaulted-joins-faulted';

const refundingRight = updated('mremap', ...expandMerging(anonMerge))(v6_1);

export const v6_7: Release = {
  id: 'v6.7',
  covers: { first: '6.7', last: '6.9' },
  sources: [
    {
      ref: 'mm/mprotect.c of 6.6 and 6.7',
      says: 'anonymous memory that was never written and becomes read-only is not accounted any more',
    },
    {
      ref: 'mm/mremap.c of 6.6 and 6.7',
      says: 'growth in place that fails gives back the charge that it has taken, and no other',
    },
  ],
  changes:
    'mprotect() gives back the charge for unwritten anonymous memory that becomes read-only.',
  kernels: ['6.7.3'],
  calls: {
    ...refundingRight.calls,
    mprotect: mprotect({ anonMerge, readOnlyUnaccounts: true }),
  },
};
