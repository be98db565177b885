import { type Vmas, vmaAt } from '../../src/model/address-space.js';
import { Errno } from '../../src/model/errno.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import {
  isFaulted,
  isLocked,
  isSealed,
  isShared,
  isWritable,
  kindName,
  offsetOf,
  protName,
  startOf,
  type Vma,
} from '../../src/model/vma.js';
import { recount } from '../support/accounts.js';
import { pageMap, spans } from '../support/page-map.js';
import { callWith, lock, map, move, play, protect, remap, seal, unmap } from '../support/play.js';
import { releasesOf } from '../support/releases.js';
import { type Case, PAGES } from './cases.js';
import { equal, type Fault, from, ids, isMremap, type Law, said, succeeded } from './law.js';

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

/** mmap(), munmap(), mprotect(), mlock(), munlock(), mseal(), touches, and seals. */
export const otherCallLaws: readonly Law[] = [
  otherCalls,
  emptied,
  countersOfOtherCalls,
  populated,
  sealedRange,
  sealedStart,
];
