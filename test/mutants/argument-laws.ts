import { highestGap, isFree, vmaAt } from '../../src/model/address-space.js';
import { DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../../src/model/calls.js';
import {
  endOf,
  isAnonymous,
  isSealed,
  isShared,
  Kind,
  kindOf,
  startOf,
  type Vma,
} from '../../src/model/vma.js';
import { callWith, map, play, remap, resultName } from '../support/play.js';
import { releasesOf } from '../support/releases.js';
import { type Case, PAGES } from './cases.js';
import { type Fault, from, given, ids, isMremap, type Law, said, succeeded } from './law.js';

const impossibleLength: Law = {
  name: 'a new length above the task size is EINVAL',
  because: 'check_mremap_params() of 6.17 looks at it before anything else.',
  of: from('v6.17-rc1'),
  probe: (release) => {
    const vmas = play(release, map(0, 2, 'anon'));
    const found = resultName(callWith(release, vmas, remap(0, 2, 40, ['MAYMOVE']), 50));
    return found === 'EINVAL' ? undefined : found;
  },
};

const sourceGone: Law = {
  name: 'a source that is unmapped with the destination is EFAULT',
  because:
    'An empty source is disjoint from a destination that begins there (since 4.3); the VMA is looked up behind the unmapping.',
  of: from('v5.1'),
  probe: (release) => {
    const vmas = play(release, map(4, 6, 'fshared'));
    const call = remap(4, 0, 2, ['MAYMOVE', 'FIXED'], 4);
    const found = resultName(callWith(release, vmas, call, 50));
    return found === 'EFAULT' ? undefined : found;
  },
};

const ineligibleAlone: Law = {
  name: 'a VMA with its own get_unmapped_area moves alone',
  because: 'remap_move() goes on with others only if each may move with others (d23cb648e365).',
  of: from('v6.17-rc1'),
  judge: ({ before, call, ample }) => {
    if (!isMremap(call) || !given(call, FIXED) || !succeeded(ample)) return undefined;
    const end = call.addr + call.oldLen;
    const moved = before.filter((vma) => startOf(vma) < end && endOf(vma) > call.addr);
    const ineligible = moved.some((vma) => kindOf(vma) === Kind.ramfs);
    if (call.oldLen !== call.newLen || moved.length < 2 || !ineligible) return undefined;
    return `${said(call)} moved it with others`;
  },
};

/** The source, where it is within one VMA and not empty. */
function soleSource({ before, call }: Case): Vma | undefined {
  if (!isMremap(call) || call.oldLen === 0) return undefined;
  const vma = vmaAt(before, call.addr);
  return vma !== undefined && call.addr + call.oldLen <= endOf(vma) ? vma : undefined;
}

const overlap = ({ addr, oldLen, newAddr, newLen }: MremapCall): boolean =>
  addr + oldLen > newAddr && newAddr + newLen > addr;

/** Releases in which DONTUNMAP is for private anonymous memory only. */
const anonymousOnly = new Set(ids(releasesOf('5.7', '5.12')));

const withoutDontunmap = new Set(ids(releasesOf('2.6.0', '5.6')));

/** Why mremap(2) refuses the call, if it must. */
function refusal({ on, before, call }: Case): Fault {
  if (!isMremap(call)) return undefined;
  const implied = given(call, FIXED) || given(call, DONTUNMAP);
  const vma = vmaAt(before, call.addr);
  const growing = call.newLen > call.oldLen;
  const { id } = on.release;
  if (call.newLen === 0) return 'a new length of zero';
  if (given(call, FIXED) && !given(call, MAYMOVE)) return 'FIXED without MAYMOVE';
  if (given(call, DONTUNMAP)) {
    if (withoutDontunmap.has(id)) return 'DONTUNMAP is an unknown flag';
    if (!given(call, MAYMOVE)) return 'DONTUNMAP without MAYMOVE';
    if (call.oldLen !== call.newLen) return 'DONTUNMAP with lengths that differ';
    if (anonymousOnly.has(id) && vma !== undefined && !isAnonymous(vma)) {
      return 'DONTUNMAP of a VMA that is not anonymous';
    }
  }
  if (given(call, FIXED)) {
    if (overlap(call)) return 'a destination that overlaps the source';
    if (call.newAddr + call.newLen > PAGES) return 'a destination beyond the task size';
  }
  if (implied || growing) {
    if (vma === undefined) return 'nothing is mapped at the old address';
    if (call.oldLen === 0 && !isShared(vma) && id !== 'v2.6.12') {
      return 'a private VMA and an old length of zero';
    }
    const within = call.addr + Math.min(call.oldLen, call.newLen) <= endOf(vma);
    if (!within && call.oldLen !== call.newLen) return 'a source that crosses the end of its VMA';
    if (implied && isSealed(vma)) return 'a source that is sealed';
  }
  if (growing && !given(call, MAYMOVE)) {
    const end = call.addr + call.oldLen;
    const room = vma !== undefined && end === endOf(vma);
    if (!room || !isFree(before, end, call.addr + call.newLen)) return 'no room to grow in place';
    if (call.addr + call.newLen > PAGES) return 'growing beyond the task size';
  }
  return undefined;
}

const refusals: Law = {
  name: 'what mremap(2) refuses is refused',
  because: 'ERRORS of the manual page; for seals, mseal(2).',
  judge: (c) => {
    const reason = refusal(c);
    if (reason === undefined) return undefined;
    const i = c.outcomes.findIndex(succeeded);
    return i < 0 ? undefined : `${said(c.call)} succeeds: ${reason}`;
  },
};

/** The result that a plain and correct call must have; undefined where it is not so plain. */
function properResult(c: Case): number | undefined {
  const { on, before, call } = c;
  const vma = soleSource(c);
  if (!isMremap(call) || vma === undefined || before.some(isSealed)) return undefined;
  if (refusal(c) !== undefined) return undefined;
  if (!given(call, FIXED) && !given(call, DONTUNMAP)) {
    // d23cb648e365 checks the new address of every call; 78d2d32f0b78 puts that right.
    const stray = call.newAddr + call.newLen > PAGES;
    if (stray && on.release.id === 'v6.17-rc1') return undefined;
    const grows = call.newLen > call.oldLen;
    return grows && given(call, MAYMOVE) ? undefined : call.addr;
  }
  return given(call, FIXED) ? call.newAddr : undefined;
}

const properCalls: Law = {
  name: 'a proper call succeeds',
  because:
    'Nothing in mremap(2) refuses it: one VMA, room, map slots; FIXED goes where it is told.',
  judge: (c) => {
    const expected = properResult(c);
    if (expected === undefined || c.ample.result === expected) return undefined;
    return `${said(c.call)} returns ${c.ample.result}, not ${expected}`;
  },
};

const chosenAddress: Law = {
  name: 'an address that the kernel picks was free',
  because:
    'get_unmapped_area() takes a hint if it is free, else a gap; growing in place was tried.',
  judge: ({ before, call, ample }) => {
    if (!isMremap(call) || given(call, FIXED) || !succeeded(ample)) return undefined;
    const { result } = ample;
    const { newAddr, newLen, addr } = call;
    if (given(call, DONTUNMAP) && newAddr + newLen <= PAGES) {
      if (isFree(before, newAddr, newAddr + newLen) && result !== newAddr) {
        return `${said(call)} did not take the free hint`;
      }
    }
    if (result === addr) return undefined;
    if (!isFree(before, result, result + newLen)) return `${said(call)} took ${result}`;
    const highest = highestGap(before, newLen, PAGES);
    const hinted = given(call, DONTUNMAP) && result === newAddr;
    return hinted || result === highest ? undefined : `${said(call)} is not at the highest gap`;
  },
};

const zeroLength: Law = {
  name: 'a move of length zero leaves its source as it was',
  because: 'munmap() of length zero fails, and nothing else takes from the source.',
  judge: ({ call, before, ample }) => {
    if (!isMremap(call) || call.oldLen !== 0 || !succeeded(ample)) return undefined;
    const was = vmaAt(before, call.addr);
    if (was === undefined || given(call, DONTUNMAP)) return undefined;
    const opposite = call.newAddr < endOf(was) && startOf(was) < call.newAddr + call.newLen;
    if (opposite && given(call, FIXED)) return undefined;
    const is = vmaAt(ample.vmas, call.addr);
    const kept = is !== undefined && startOf(is) <= startOf(was) && endOf(is) >= endOf(was);
    return kept ? undefined : `${said(call)} splits or takes its source`;
  },
};

/** What mremap() takes and refuses, and where it goes. */
export const argumentLaws: readonly Law[] = [
  impossibleLength,
  sourceGone,
  ineligibleAlone,
  refusals,
  properCalls,
  chosenAddress,
  zeroLength,
];
