import type { WrittenCall } from '../input/call.js';
import type { Scenario } from './scenario.js';

const written = (addr: number): WrittenCall[] => [
  { call: 'mmap', addr, len: 2, kind: 'anon', prot: 'rw', offset: 0 },
  { call: 'touch', addr, len: 2 },
];

const moved = (addr: number, newAddr: number, keeps: boolean): WrittenCall => ({
  call: 'mremap',
  addr,
  oldLen: 2,
  newLen: 2,
  flags: keeps ? ['MAYMOVE', 'FIXED', 'DONTUNMAP'] : ['MAYMOVE', 'FIXED'],
  newAddr,
});

/** Written memory is moved, left behind by DONTUNMAP, and something is mapped beside what is left. */
const offsetLeftBehind = (id: string, beside: number): Scenario => ({
  id,
  pages: 16,
  headroom: 10,
  setup: [...written(0), moved(0, 4, false)],
  calls: [
    moved(4, 10, true),
    { call: 'mmap', addr: beside, len: 2, kind: 'anon', prot: 'rw', offset: 0 },
  ],
});

/** Scenarios that tell releases apart and that random ones hardly come to. */
export const SELDOM_MET: readonly Scenario[] = [
  offsetLeftBehind('offset-behind', 6),
  offsetLeftBehind('offset-before', 2),
];
