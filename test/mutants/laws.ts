import { findIndex, highestGap, isFree, type Vmas, vmaAt } from '../../src/model/address-space.js';
import { type Call, DONTUNMAP, FIXED, MAYMOVE, type MremapCall } from '../../src/model/calls.js';
import { Errno } from '../../src/model/errno.js';
import type { Release } from '../../src/model/release.js';
import {
  type Machine,
  machine,
  type Outcome,
  observe,
  Recorder,
  run,
} from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import {
  displacementOf,
  endOf,
  idOf,
  isAccounted,
  isAnonymous,
  isFaulted,
  isLocked,
  isSealed,
  isShared,
  isWritable,
  Kind,
  kindName,
  kindOf,
  offsetOf,
  pagesOf,
  protName,
  sameMapping,
  startOf,
  type Vma,
} from '../../src/model/vma.js';
import { recount } from '../support/accounts.js';
import { pageMap, spans } from '../support/page-map.js';
import {
  callWith,
  frames,
  lock,
  map,
  move,
  moveKeeping,
  play,
  protect,
  remap,
  resultName,
  seal,
  touch,
  unmap,
} from '../support/play.js';
import { everyRelease, releasesFrom, releasesOf } from '../support/releases.js';
import { type Case, cases, HEADROOMS, PAGES } from './cases.js';

/** What is wrong, in words. */
type Fault = string | undefined;

/** Something that is true of every release it is about, whatever else changed between them. */
export interface Law {
  readonly name: string;
  /** Why it is true of the kernel. */
  readonly because: string;
  /** The ids of the releases of which it is true; of all, unless given. */
  readonly of?: readonly string[];
  /** Asked of each call of the histories. */
  readonly judge?: (c: Case) => Fault;
  /** Asked once, of a situation of its own. */
  readonly probe?: (of: Release) => Fault;
}

const ids = (rows: readonly (readonly [string, Release])[]): string[] => rows.map(([id]) => id);
const all = ids(everyRelease);
const from = (id: string): string[] => ids(releasesFrom(id));

const given = (call: MremapCall, flag: number): boolean => (call.flags & flag) !== 0;
const succeeded = ({ result }: Outcome): boolean => result >= 0;
const isMremap = (call: Call): call is MremapCall => call.call === 'mremap';
const said = (call: Call): string => JSON.stringify(call);
const equal = (a: Vmas, b: Vmas): boolean =>
  a === b || (a.length === b.length && a.every((vma, i) => vma === b[i]));

const everyCallEnds: Law = {
  name: 'every call ends',
  because: 'A step that needs a VMA comes behind the lookup that makes sure of it.',
  // A call that does not end throws, which `faults` takes for a fault of this law.
  judge: () => undefined,
};

const sameAs = (a: Outcome, b: Outcome): boolean =>
  a.result === b.result && equal(a.vmas, b.vmas) && a.accounts.total === b.accounts.total;

const moreHeadroom: Law = {
  name: 'more headroom never hurts',
  because:
    'Every check of map_count is a lower bound of the headroom, and nothing else looks at it.',
  judge: ({ outcomes, call }) => {
    const first = outcomes.findIndex(succeeded);
    if (first < 0) return undefined;
    const other = outcomes.findIndex((o, i) => i > first && !sameAs(o, outcomes[first] as Outcome));
    if (other < 0) return undefined;
    return `${said(call)} at headroom ${HEADROOMS[other]} is not what it is at ${HEADROOMS[first]}`;
  },
};

const recorder = new Recorder();

const declaredHeadroom: Law = {
  name: 'a check asks what it declares',
  because:
    'The searches execute a call once for all limits under which its checks, as declared, answer alike.',
  judge: ({ on, before, pages, call, outcomes }) => {
    if (call.call !== 'mremap' && call.call !== 'munmap') return undefined;
    for (const [i, headroom] of HEADROOMS.entries()) {
      recorder.clear();
      const outcome = run(on, env(before.length + headroom, PAGES), before, pages, call, recorder);
      const differs = HEADROOMS.findIndex((other, k) => {
        const limit = before.length + other;
        const alike = recorder.from <= limit && limit <= recorder.to;
        return alike && !sameAs(outcome, outcomes[k] as Outcome);
      });
      if (differs >= 0)
        return `${said(call)} differs at headroom ${headroom} and ${HEADROOMS[differs]}`;
      if (i > 0 && recorder.to > before.length + 7) break;
    }
    return undefined;
  },
};

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
    'A source of length zero is disjoint from a destination that begins there; the VMA is looked up behind the unmapping.',
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

/** The least of these headrooms at which the call succeeds. */
const leastHeadroom = (release: Release, vmas: Vmas, call: Call): number | undefined =>
  HEADROOMS.find((headroom) => succeeded(callWith(release, vmas, call, headroom)));

/** A call, and the least headroom at which it succeeds in each release from the one named on. */
const LEAST: readonly (readonly [string, Call, Readonly<Record<string, number>>])[] = [
  ['mmap() of free pages', map(8, 9, 'fshared'), { 'v2.6.12': 0 }],
  ['munmap() of a hole', unmap(1, 2), { 'v2.6.12': 2, 'v2.6.33': 1 }],
  ['munmap() of an edge', unmap(0, 2), { 'v2.6.12': 1, 'v2.6.33': -1 }],
  ['mprotect() of an edge', { call: 'mprotect', addr: 0, len: 2, prot: 'r' }, { 'v2.6.12': 1 }],
  ['mprotect() of a hole', { call: 'mprotect', addr: 1, len: 2, prot: 'r' }, { 'v2.6.12': 2 }],
  ['mlock() of an edge', lock(0, 2), { 'v2.6.12': 1 }],
  ['a shrink in place', remap(0, 4, 2), { 'v2.6.12': 1, 'v2.6.33': -1, 'v7.1': 4 }],
  [
    'a shrink in place that leaves a hole',
    remap(0, 2, 1),
    { 'v2.6.12': 2, 'v2.6.33': 1, 'v7.1': 4 },
  ],
  ['a move of all of a VMA', move(0, 4, 8), { 'v2.6.12': 4, 'v5.1': 6, 'v7.1': 4 }],
  ['a move to inside another VMA', move(0, 1, 6), { 'v2.6.12': 5, 'v5.1': 6, 'v7.1': 4 }],
  [
    'a move with growth to where the kernel likes',
    remap(0, 4, 6, ['MAYMOVE']),
    { 'v2.6.12': 4, 'v7.1': 4 },
  ],
  ['DONTUNMAP', moveKeeping(0, 4, 8), { 'v5.7': 6, 'v7.1': 4, 'v7.2': 5 }],
];

/** The entry of the latest release that is not after this one. */
function expectedLeast(by: Readonly<Record<string, number>>, id: string): number | undefined {
  const known = all.slice(0, all.indexOf(id) + 1).filter((one) => by[one] !== undefined);
  return by[known.at(-1) ?? ''];
}

const leastHeadrooms: Law = {
  name: 'the least headroom is that of the text',
  because:
    'do_mmap, split_vma, do_munmap (659ace584e7a), move_vma, mremap_to (ea2c3f6f5545), and the corrected constants of 7.1 and 7.2.',
  probe: (release) => {
    const vmas = play(release, map(0, 4, 'anon'), map(4, 8, 'fshared'), touch(0, 4));
    for (const [what, call, by] of LEAST) {
      const expected = expectedLeast(by, release.id);
      if (expected === undefined) continue;
      const found = leastHeadroom(release, vmas, call);
      if (found !== expected) return `${what} succeeds from headroom ${found} on, not ${expected}`;
    }
    return undefined;
  },
};

const errnoOrder: Law = {
  name: 'ENOMEM hides EFAULT where the text asks for map slots first',
  because:
    '85ea6bdd88a2 (6.15) asks before the lookup, 550a7d60bd5e (5.16) had looked the VMA up first.',
  of: from('v5.16'),
  probe: (release) => {
    const expected = from('v6.15').includes(release.id) ? 'ENOMEM' : 'EFAULT';
    const found = resultName(callWith(release, play(release, map(0, 2, 'anon')), move(4, 6, 8), 0));
    return found === expected ? undefined : `${found} instead of ${expected}`;
  },
};

/** What is wrong with the range after a call other than mremap() that succeeded. */
function rangeFault({ call, before }: Case, vmas: Vmas): Fault {
  const after = pageFacts(vmas);
  const was = pageFacts(before);
  for (let page = 0; page < PAGES; page++) {
    const [now, then] = [after[page], was[page]];
    const inside = page >= call.addr && page < call.addr + (isMremap(call) ? 0 : call.len);
    if (!inside) {
      if (now?.what !== then?.what) return `page ${page} is outside the range and changed`;
      continue;
    }
    if (call.call === 'munmap') {
      if (now !== undefined) return `page ${page} is still mapped`;
      continue;
    }
    if (now === undefined) return `page ${page} is not mapped`;
    const { vma } = now;
    if (call.call === 'mmap') {
      const isFile = call.kind !== 'anon' && call.kind !== 'shm';
      const offset = offsetOf(vma) + page - startOf(vma);
      if (kindName(vma) !== call.kind || protName(vma) !== call.prot) return `page ${page}: kind`;
      if (isLocked(vma) || isSealed(vma)) return `page ${page} has flags`;
      if (isFile && offset !== call.offset + page - call.addr)
        return `page ${page} has offset ${offset}`;
    }
    if (call.call === 'mprotect' && protName(vma) !== call.prot) return `page ${page} is as it was`;
    if (call.call === 'mlock' && !isLocked(vma)) return `page ${page} is not locked`;
    if (call.call === 'munlock' && isLocked(vma)) return `page ${page} is locked`;
    if (call.call === 'mseal' && !isSealed(vma)) return `page ${page} is not sealed`;
    if (call.call === 'touch' && (!isWritable(vma) || (!isShared(vma) && !isFaulted(vma)))) {
      return `page ${page} is not written`;
    }
  }
  return undefined;
}

/** What is mapped at each page: what it is in words, identities apart, and its VMA. */
const pageFacts = (vmas: Vmas): ({ what: string; vma: Vma } | undefined)[] => {
  const what = pageMap(vmas, PAGES);
  return Array.from({ length: PAGES }, (_, page) => {
    const vma = vmaAt(vmas, page);
    return vma === undefined
      ? undefined
      : { what: (what[page] as string).replace(/#\d+/, ''), vma };
  });
};

const REQUIRES_MAPPED = new Set(['mprotect', 'mlock', 'munlock', 'mseal']);

function otherCallFault(c: Case): Fault {
  const { call, before, ample } = c;
  if (isMremap(call)) return undefined;
  if (!succeeded(ample)) {
    const hasSeal = before.some(isSealed);
    const mustSucceed = (call.call === 'munmap' || call.call === 'mmap') && !hasSeal;
    return mustSucceed ? `${said(call)} fails` : undefined;
  }
  const whole = Array.from({ length: call.len }, (_, i) => vmaAt(before, call.addr + i));
  if (REQUIRES_MAPPED.has(call.call) && whole.includes(undefined)) {
    return `${said(call)} succeeds over a gap`;
  }
  const changes = call.call === 'munmap' || call.call === 'mmap' || call.call === 'mprotect';
  if (changes && whole.some((vma) => vma !== undefined && isSealed(vma))) {
    return `${said(call)} succeeds on a sealed VMA`;
  }
  const fault = rangeFault(c, ample.vmas);
  return fault === undefined ? undefined : `${said(call)}: ${fault}`;
}

const otherCalls: Law = {
  name: 'the other calls do what their manual pages say',
  because:
    'mmap(2), munmap(2), mprotect(2), mlock(2), mseal(2); and nothing outside their range changes.',
  judge: otherCallFault,
};

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
    'Each call merges what it changes with both neighbours (vma_merge); growth does from 6.0 on (ca3d76b0aa80), and DONTUNMAP leaves its source alone.',
  judge: ({ on, before, call, ample }) => {
    if (!succeeded(ample) || !settled(before) || settled(ample.vmas)) return undefined;
    if (isMremap(call)) {
      if (given(call, DONTUNMAP)) return undefined;
      if (!from('v6.0').includes(on.release.id) && call.newLen > call.oldLen) return undefined;
    }
    return `${said(call)} leaves ${spans(ample.vmas).join(' ')}`;
  },
  probe: (release) => {
    const vmas = play(release, map(0, 2, 'anon'), map(4, 6, 'anon'));
    const count = callWith(release, vmas, remap(0, 2, 4), 50).vmas.length;
    const expected = from('v6.0').includes(release.id) ? 1 : 2;
    return count === expected ? undefined : `${count} VMAs when the gap between two is filled`;
  },
};

const emptied: Law = {
  name: 'one munmap() of everything empties, and gives everything back',
  because: 'It is inside no VMA, so that no map slot is asked for; each charge goes with its VMA.',
  judge: ({ on, before, call, pages }) => {
    // Asked once for each address space that a history comes by, rather than for each call.
    if (call.call === 'munmap' || before.some(isSealed)) return undefined;
    const outcome = run(on, env(0, PAGES), before, pages, {
      call: 'munmap',
      addr: 0,
      len: PAGES,
    });
    const { total, locked, committed } = recount(before);
    const { accounts } = outcome;
    if (outcome.result !== 0 || outcome.vmas.length > 0) return `${spans(before)} stays`;
    const rest = [total + accounts.total, locked + accounts.locked, committed + accounts.committed];
    return rest.some((pages) => pages !== 0) ? `${rest} pages are not given back` : undefined;
  },
};

const countersOfOtherCalls: Law = {
  name: 'calls other than mremap() count exactly',
  because:
    'total_vm, locked_vm and the commit charge follow the VMAs; only mremap() ever miscounted.',
  judge: ({ call, before, outcomes }) => {
    if (isMremap(call)) return undefined;
    const was = recount(before);
    for (const { vmas, accounts, mapCount } of outcomes) {
      const now = recount(vmas);
      if (mapCount !== vmas.length) return `${said(call)}: map_count`;
      if (was.total + accounts.total !== now.total) return `${said(call)}: total_vm`;
      if (was.locked + accounts.locked !== now.locked) return `${said(call)}: locked_vm`;
      if (was.committed + accounts.committed !== now.committed) return `${said(call)}: the charge`;
    }
    return undefined;
  },
};

const beforeTheLock: Law = {
  name: 'nothing changes before the lock is taken',
  because: 'The mmap lock protects the VMAs and map_count.',
  judge: ({ on, before, pages, call }) => {
    if (!isMremap(call)) return undefined;
    const { micro } = observe(on, env(before.length + 50, PAGES), before, pages, call);
    const taken = micro.findIndex(({ step }) => step.takesLock === true);
    const changed = micro
      .slice(0, taken < 0 ? micro.length : taken)
      .find((one) => one.after.vmas !== one.before.vmas || one.after.pages !== one.before.pages);
    return changed === undefined ? undefined : `${said(call)}: ${changed.step.name}`;
  },
};

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
  because: '1583aa278f5f: no page of it is mapped any more.',
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
    'e346b3813067: move_vma() puts VM_ACCOUNT back on vm_next, as if the source had been split off; up to 5.10.',
  of: ids(releasesOf('5.7', '5.10')),
  probe: (release) => {
    const vmas = play(release, map(0, 3, 'anon'), map(3, 5, 'fshared'));
    const after = callWith(release, vmas, moveKeeping(1, 2, 8), 50).vmas;
    const behind = vmaAt(after, 3);
    return behind !== undefined && isAccounted(behind) ? undefined : 'it is not marked';
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

const needsPopulating = (vma: Vma): boolean =>
  isLocked(vma) && isWritable(vma) && !isShared(vma) && !isFaulted(vma);

const populated: Law = {
  name: 'locked private writable memory is populated',
  because:
    'mlock(2): its pages are resident when the call returns; a write fault brings the anon_vma.',
  judge: ({ call, before, ample }) => {
    if (!succeeded(ample) || before.some(needsPopulating)) return undefined;
    return ample.vmas.some(needsPopulating) ? `${said(call)} leaves some unpopulated` : undefined;
  },
  probe: (release) => {
    // mlock() over a gap locks, and fails before it populates.
    const vmas = callWith(release, play(release, map(0, 2, 'anon')), lock(0, 4), 50).vmas;
    const grown = [remap(0, 2, 4), remap(0, 2, 4, ['MAYMOVE', 'FIXED'], 8)];
    return grown.some((call) => callWith(release, vmas, call, 50).vmas.some(needsPopulating))
      ? 'what a locked VMA grows by is not populated'
      : undefined;
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

const sealedRange: Law = {
  name: 'a refusal for a seal changes nothing in 6.10',
  because: 'can_modify_mm() looks through the whole range before anything is done.',
  of: ids(releasesOf('6.10', '6.11')),
  probe: (release) => {
    const vmas = play(release, map(0, 4, 'anon'), map(4, 6, 'fshared'), seal(4, 6));
    const refused = [unmap(2, 6), protect(0, 6, 'r'), move(4, 6, 8), move(8, 10, 2)];
    const found = refused.find((call) => {
      const outcome = callWith(release, vmas, call, 50);
      return succeeded(outcome) || !equal(outcome.vmas, vmas);
    });
    return found === undefined ? undefined : `${said(found)} changes something`;
  },
};

const sealedStart: Law = {
  name: 'a sealed VMA at the start of a range is refused before it is split',
  because: 'vms_gather_munmap_vmas() asks can_modify_vma() before the split at the start (6.12).',
  of: from('v6.10'),
  judge: ({ call, before, ample }) => {
    if (call.call !== 'munmap' || ample.result !== -Errno.EPERM) return undefined;
    const first = vmaAt(before, call.addr);
    if (first === undefined || !isSealed(first)) return undefined;
    return equal(ample.vmas, before) ? undefined : `${said(call)} split it`;
  },
};

export const laws: readonly Law[] = [
  everyCallEnds,
  moreHeadroom,
  declaredHeadroom,
  leastHeadrooms,
  errnoOrder,
  refusals,
  properCalls,
  chosenAddress,
  thereAndBack,
  mergesWhereItGoes,
  mergesAll,
  mergeRule,
  zeroLength,
  sourceGone,
  impossibleLength,
  ineligibleAlone,
  dontunmapUnlocks,
  dontunmapTakesAnonVma,
  dontunmapResets,
  marksNext,
  populated,
  beforeTheLock,
  sealedRange,
  sealedStart,
  otherCalls,
  countersOfOtherCalls,
  emptied,
];

const isAbout = ({ of }: Law, release: Release): boolean =>
  of === undefined || of.includes(release.id);

function probed(law: Law, release: Release): Fault {
  try {
    return law.probe?.(release);
  } catch (error) {
    return `${law.name}: ${error}`;
  }
}

/** What the release does against these laws: by the name of each that it breaks, the first fault. */
export function faults(of: Release, asked: readonly Law[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const about = asked.filter((law) => isAbout(law, of));
  for (const law of about) {
    const fault = probed(law, of);
    if (fault !== undefined) found.set(law.name, fault);
  }
  const pending = new Set(about.filter((law) => law.judge !== undefined && !found.has(law.name)));
  const on: Machine = machine(of);
  try {
    for (const one of cases(on)) {
      for (const law of pending) {
        const fault = law.judge?.(one);
        if (fault === undefined) continue;
        found.set(law.name, fault);
        pending.delete(law);
      }
      if (pending.size === 0) break;
    }
  } catch (error) {
    // The histories end here; what the other laws would have found behind is not known.
    if (pending.has(everyCallEnds)) found.set(everyCallEnds.name, String(error));
  }
  return found;
}
