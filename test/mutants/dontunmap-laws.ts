import { findIndex, vmaAt } from '../../src/model/address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import {
  displacementOf,
  isAccounted,
  isAnonymous,
  isFaulted,
  isLocked,
  pagesOf,
  startOf,
  type Vma,
} from '../../src/model/vma.js';
import { callWith, lock, map, move, moveKeeping, play, touch } from '../support/play.js';
import { releasesOf } from '../support/releases.js';
import type { Case } from './cases.js';
import { from, given, ids, isMremap, type Law, said, succeeded } from './law.js';

/** The source VMA that DONTUNMAP leaves of two written and locked pages that have been moved before. */
function leftOfMoved(release: Release): Vma {
  const vmas = play(release, map(0, 2, 'anon'), touch(0, 2), move(0, 2, 4), lock(4, 6));
  const left = vmaAt(callWith(release, vmas, moveKeeping(4, 6, 8), 50).vmas, 4);
  if (left === undefined) throw new Error('no source is left');
  return left;
}

/** The source VMA of a DONTUNMAP that succeeded, as it is afterwards. */
function leftBehind({ call, ample }: Case): Vma | undefined {
  if (!isMremap(call) || !given(call, DONTUNMAP) || !succeeded(ample)) return undefined;
  return vmaAt(ample.vmas, call.addr);
}

/** The same, if the source is all of it. */
function leftWhole(c: Case): Vma | undefined {
  const vma = leftBehind(c);
  const { addr, oldLen } = c.call as MremapCall;
  return vma !== undefined && startOf(vma) === addr && pagesOf(vma) === oldLen ? vma : undefined;
}

const dontunmapUnlocks: Law = {
  name: 'DONTUNMAP unlocks its source',
  because: 'e346b3813067: the pages are gone, and new ones shall not be locked.',
  of: from('v5.7'),
  judge: (c) => {
    const vma = leftBehind(c);
    return vma !== undefined && isLocked(vma) ? `${said(c.call)} leaves VM_LOCKED` : undefined;
  },
  probe: (release) => (isLocked(leftOfMoved(release)) ? 'VM_LOCKED is left' : undefined),
};

const dontunmapTakesAnonVma: Law = {
  name: 'DONTUNMAP of a whole VMA takes its anon_vma',
  because: 'unlink_anon_vmas() in move_vma(), 5.13: no page of it is mapped any more.',
  of: from('v5.13'),
  judge: (c) => {
    const vma = leftWhole(c);
    return vma !== undefined && isFaulted(vma) ? `${said(c.call)} leaves an anon_vma` : undefined;
  },
  probe: (release) => (isFaulted(leftOfMoved(release)) ? 'an anon_vma is left' : undefined),
};

const dontunmapResets: Law = {
  name: 'DONTUNMAP of a whole VMA leaves one as new, apart from the copy',
  because: 'The tree of 7.2: an anonymous source without an anon_vma gets the offset of its place.',
  of: from('v7.2'),
  judge: (c) => {
    const vma = leftBehind(c);
    if (vma === undefined) return undefined;
    const { addr, oldLen, newAddr, newLen } = c.call as MremapCall;
    const to = given(c.call as MremapCall, FIXED) ? newAddr : c.ample.result;
    const joined = findIndex(c.ample.vmas, addr) === findIndex(c.ample.vmas, to);
    if (joined && newLen > 0) return `${said(c.call)} merges source and copy`;
    const whole = startOf(vma) === addr && pagesOf(vma) === oldLen && isAnonymous(vma);
    return whole && displacementOf(vma) !== 0 ? `${said(c.call)} leaves the offset` : undefined;
  },
  probe: (release) =>
    displacementOf(leftOfMoved(release)) === 0 ? undefined : 'the offset is left',
};

const marksNext: Law = {
  name: 'DONTUNMAP inside an accounted VMA marks the one behind',
  because:
    'move_vma() puts VM_ACCOUNT back on vm_next as behind a split, which DONTUNMAP (e346b3813067) does not make; up to 5.10.',
  of: ids(releasesOf('5.7', '5.10')),
  probe: (release) => {
    const vmas = play(release, map(0, 3, 'anon'), map(3, 5, 'fshared'));
    const after = callWith(release, vmas, moveKeeping(1, 2, 8), 50).vmas;
    const behind = vmaAt(after, 3);
    return behind !== undefined && isAccounted(behind) ? undefined : 'it is not marked';
  },
};

/** What DONTUNMAP leaves behind. */
export const dontunmapLaws: readonly Law[] = [
  dontunmapUnlocks,
  dontunmapTakesAnonVma,
  dontunmapResets,
  marksNext,
];
