import { updated } from '../edits.js';
import type { Release } from '../release.js';
import { copyVma } from '../steps/move.js';
import { otherCallsOf6_17, v6_17 } from './v6.17.js';

const passingAnonVma = updated('mremap', copyVma('either-way'))(v6_17);

export const v6_18: Release = {
  id: 'v6.18',
  covers: { first: '6.18.8', last: '7.0' },
  sources: [
    {
      ref: 'CVE-2026-23077',
      says: 'a copy that merges with unwritten memory passes its anon_vma on to it (6.18.8)',
    },
    {
      ref: '2697dd8ae721',
      says: 'mseal() goes on where a merged VMA ends (6.18.21, 6.19.11 and 7.0)',
    },
  ],
  changes:
    'A copy that merges with unwritten memory keeps its anon_vma; mseal() merges wherever it may.',
  kernels: ['6.18.15', '6.19.14', '7.0.13'],
  calls: { ...otherCallsOf6_17, mremap: passingAnonVma.calls.mremap },
};
