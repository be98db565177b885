import { type Vmas, vmaAt } from '../../src/model/address-space.js';
import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../../src/model/calls.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import {
  endOf,
  idOf,
  isFaulted,
  isLocked,
  isSealed,
  Kind,
  kindOf,
  sameMapping,
  startOf,
  type Vma,
} from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import { callWith, frames, map, move, play, remap, touch } from '../support/play.js';
import { PAGES } from './cases.js';
import { from, given, isMremap, type Law, said, succeeded } from './law.js';

const isPlain = (vma: Vma): boolean =>
  !isFaulted(vma) && !isLocked(vma) && !isSealed(vma) && kindOf(vma) !== Kind.ramfs;

/** Equal but for the displacement of anonymous memory, which a move gives it anew. */
const alike = (a: Vmas, b: Vmas): boolean => spans(a).join() === spans(b).join();

const thereAndBack: Law = {
  name: 'unfaulted memory moved there and back is as it was',
  because:
    'Without an anon_vma the offset is that of the place, so that what was split off merges again.',
  judge: ({ on, before, call }) => {
    if (call.call !== 'mremap' || before.length === 0 || !before.every(isPlain)) return undefined;
    if (!settled(before)) return undefined;
    const vma = vmaAt(before, call.addr);
    if (vma === undefined || call.oldLen === 0) return undefined;
    const len = Math.min(call.oldLen, endOf(vma) - call.addr);
    const there = 2 * PAGES;
    const limits = env(1000, 4 * PAGES);
    const go = moveOf(call.addr, len, there);
    const gone = run(on, limits, before, frames, go);
    const back = run(on, limits, gone.vmas, frames, moveOf(there, len, call.addr));
    if (!succeeded(gone) || !succeeded(back)) return `${said(go)} fails`;
    return alike(back.vmas, before)
      ? undefined
      : `${said(go)} leaves ${spans(back.vmas).join(' ')}`;
  },
};

const mergesWhereItGoes: Law = {
  name: 'unfaulted memory merges where it is moved to',
  because: 'copy_vma() gives a VMA without anon_vma the offset of its new place, and merges it.',
  probe: (release) => {
    const vmas = play(release, map(0, 2, 'anon'), map(6, 8, 'anon'));
    const { length } = callWith(release, vmas, move(0, 2, 4), 50).vmas;
    return length === 1 ? undefined : `${length} VMAs`;
  },
};

const moveOf = (addr: number, len: number, newAddr: number): MremapCall => ({
  call: 'mremap',
  addr,
  oldLen: len,
  newLen: len,
  flags: MAYMOVE | FIXED,
  newAddr,
});

/** Neighbours that could be one VMA. */
const mergeable = (a: Vma, b: Vma): boolean =>
  endOf(a) === startOf(b) && sameMapping(a, b) && idOf(a) === idOf(b);

/** No two neighbours are such. */
const settled = (vmas: Vmas): boolean =>
  vmas.every((vma, i) => i === 0 || !mergeable(vmas[i - 1] as Vma, vma));

const mergesAll: Law = {
  name: 'what could be one VMA is one after a call',
  because:
    'Each call merges what it changes with both neighbours (vma_merge); growth does from 6.1 on (ca3d76b0aa80), and DONTUNMAP leaves its source alone.',
  judge: ({ on, before, call, ample }) => {
    if (!succeeded(ample) || !settled(before) || settled(ample.vmas)) return undefined;
    if (isMremap(call)) {
      if (given(call, DONTUNMAP)) return undefined;
      if (!from('v6.1').includes(on.release.id) && call.newLen > call.oldLen) return undefined;
    }
    return `${said(call)} leaves ${spans(ample.vmas).join(' ')}`;
  },
  probe: (release) => {
    const vmas = play(release, map(0, 2, 'anon'), map(4, 6, 'anon'));
    const count = callWith(release, vmas, remap(0, 2, 4), 50).vmas.length;
    const expected = from('v6.1').includes(release.id) ? 1 : 2;
    return count === expected ? undefined : `${count} VMAs when the gap between two is filled`;
  },
};

const mergeRule: Law = {
  name: 'faulted joins unfaulted only when the kernel lets it',
  because: 'Since anon_vma chains (2.6.34) not, from 6.16 on again (879bca0a2c4f).',
  probe: (release) => {
    const vmas = play(release, map(0, 2, 'anon'), touch(0, 2), map(6, 8, 'anon'));
    // Back to where it was, with an unfaulted neighbour there by then.
    const [away, back] = [move(0, 2, 10), move(10, 12, 0)];
    const gone = callWith(release, vmas, away, 50).vmas;
    const beside = callWith(release, gone, map(2, 4, 'anon'), 50).vmas;
    const count = callWith(release, beside, back, 50).vmas.length;
    const joins = release.id === 'v2.6.12' || from('v6.16').includes(release.id);
    return count === (joins ? 2 : 3) ? undefined : `${count} VMAs`;
  },
};

/** What merges with what. */
export const mergeLaws: readonly Law[] = [thereAndBack, mergesWhereItGoes, mergesAll, mergeRule];
