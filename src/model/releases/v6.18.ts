import type { Release } from '../release.js';
import { v6_17 } from './v6.17.js';

export const v6_18: Release = {
  id: 'v6.18',
  covers: { first: '6.18', last: '7.0' },
  sources: [{ ref: '0e59f47c15ce', says: 'DONTUNMAP keeps VM_ACCOUNT on the source' }],
  changes:
    'None against the recorded 6.17.13, which has the fix; 6.17.0 took VM_ACCOUNT from a source of DONTUNMAP, as 6.15 does.',
  kernels: ['6.18.15', '6.19.14', '7.0.13'],
  calls: v6_17.calls,
};
