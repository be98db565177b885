import type { Vmas } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import type { Outcome } from '../../src/model/outcome.js';
import { Recorder } from '../../src/model/recorder.js';
import type { Release } from '../../src/model/release.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import {
  callWith,
  lock,
  map,
  move,
  moveKeeping,
  play,
  remap,
  resultName,
  touch,
  unmap,
} from '../support/play.js';
import { HEADROOMS, PAGES } from './cases.js';
import { all, equal, from, type Law, said, succeeded } from './law.js';

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
      const outcome = run(on, env(before.length + headroom, PAGES), before, pages, call, {
        recorder,
      });
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

/** What calls ask of map_count. */
export const headroomLaws: readonly Law[] = [
  moreHeadroom,
  declaredHeadroom,
  leastHeadrooms,
  errnoOrder,
];
