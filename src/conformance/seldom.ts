import type { WrittenCall } from '../input/call.js';
import type { Scenario } from './scenario.js';

const fresh = (addr: number): WrittenCall => ({
  call: 'mmap',
  addr,
  len: 2,
  kind: 'anon',
  prot: 'rw',
  offset: 0,
});

const written = (addr: number): WrittenCall[] => [fresh(addr), { call: 'touch', addr, len: 2 }];

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
  calls: [moved(4, 10, true), fresh(beside)],
});

/** What DONTUNMAP has left behind is moved, and something is mapped beside it. */
const anonVmaLeftBehind: Scenario = {
  id: 'anon-vma-left-behind',
  pages: 16,
  headroom: 10,
  setup: written(0),
  calls: [moved(0, 10, true), moved(0, 4, false), fresh(6)],
};

/** Written memory comes back beside what was never written; by the next move it shows whether it has an anon_vma. */
const anonVmaOfMerge: Scenario = {
  id: 'anon-vma-of-merge',
  pages: 16,
  headroom: 10,
  setup: written(2),
  calls: [moved(2, 10, false), fresh(0), moved(10, 2, false), moved(0, 8, false), fresh(10)],
};

const sealed = (addr: number, len: number): WrittenCall => ({ call: 'mseal', addr, len });

/** mseal() of a range with something sealed in it. */
const sealedWithin: Scenario = {
  id: 'sealed-within',
  pages: 8,
  headroom: 10,
  setup: [fresh(0), fresh(2)],
  calls: [sealed(1, 1), sealed(0, 3)],
};

/** Scenarios that tell releases apart and that random ones hardly come to. */
export const SELDOM_MET: readonly Scenario[] = [
  offsetLeftBehind('offset-behind', 6),
  offsetLeftBehind('offset-before', 2),
  anonVmaLeftBehind,
  anonVmaOfMerge,
  sealedWithin,
];
