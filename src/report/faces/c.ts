import {
  type Counter,
  counterOf,
  isOfNoChange,
  isOfPrecedence,
} from '../../conformance/evidence.js';
import { callText } from '../../model/call-text.js';
import { HUGE } from '../../model/vma.js';
import { callOf, type TracedCall } from '../../trace/call.js';
import type { CallTrace, Trace } from '../../trace/trace.js';
import type { WrittenVma } from '../../trace/vma.js';
import { template } from '../templates.js';
import { wrapped } from '../wrap.js';
import { type RealCalls, type ReleaseOf, realCalls } from './real-calls.js';
import { repeatText } from './subject.js';

const PAGE = 4096;
/** Half of a huge page of x86-64: as a page of the model is of one of its own. */
const HALF_HUGE = (2 << 20) / HUGE;

/** What tells the promise kept from broken; see docs/traces.md. */
type Promised = 'UNTOUCHED' | 'UNTOUCHED_BY' | 'LIMIT' | 'REFUSED' | 'COUNTED' | 'OUTCOME';

/** Invariants that can be judged by themselves; of the others it is asked whether the kernel does as the trace says. */
const PROMISED: Readonly<Record<string, Promised>> = {
  'limit-enomem-untouched': 'UNTOUCHED_BY',
  'precheck-enomem-untouched': 'UNTOUCHED_BY',
  'error-untouched': 'UNTOUCHED',
  'argument-error-untouched': 'UNTOUCHED',
  'eperm-untouched': 'UNTOUCHED_BY',
  'limit-held': 'LIMIT',
  'mmap-limit-held': 'LIMIT',
  'overshoot-at-most-one': 'LIMIT',
  'errno-precedence-stable': 'REFUSED',
  'sealed-source-eperm': 'REFUSED',
  'no-needless-enomem': 'REFUSED',
  'shrink-always-possible': 'REFUSED',
  'tail-cut-at-limit': 'REFUSED',
  'ineligible-alone-moves': 'REFUSED',
};

const MEANING: Readonly<Record<Promised, string>> = {
  UNTOUCHED: 'the call fails and the VMAs are others than before',
  UNTOUCHED_BY:
    'the call fails with the errno that it returns on that release, and the VMAs are others than before',
  LIMIT: 'map_count is above max_map_count after the call, and higher than before',
  REFUSED: 'the call returns the errno that it returns on that release',
  COUNTED:
    'when all is unmapped again behind the call, the counter is not what it was before the set-up',
  OUTCOME: 'the call returns and leaves what it does on that release',
};

/** Counters as the program names them. */
const COUNTERS: Readonly<Record<Counter, string>> = {
  totalVmDelta: 'TOTAL',
  lockedVm: 'LOCKED',
  committedDelta: 'COMMITTED',
};

const promisedBy = (invariant: string): Promised =>
  counterOf(invariant) === undefined ? (PROMISED[invariant] ?? 'OUTCOME') : 'COUNTED';

const PROTS = { r: 'PROT_READ', rw: 'PROT_READ | PROT_WRITE' } as const;
const KINDS: Readonly<Record<string, string>> = {
  anon: 'ANON',
  fpriv: 'FPRIV',
  fshared: 'FSHARED',
  shm: 'SHM',
  hugetlb: 'HUGETLB',
};

/** A number of pages in bytes. */
const bytes = (pages: number): string =>
  Number.isInteger(pages) ? `${pages} * UNIT` : `${Math.floor(pages)} * UNIT + HALF`;

function flagsText(call: TracedCall & { call: 'mremap' }): string {
  const names = call.flags.map((name) => (name === 'UNKNOWN' ? '8' : `MREMAP_${name}`));
  return names.length === 0 ? '0' : names.join(' | ');
}

function callRow(call: TracedCall): string {
  const text = `"${callText(callOf(call))}"`;
  const row = (...rest: readonly string[]): string => {
    const fields = [call.call.toUpperCase(), bytes(call.addr), ...rest];
    return `\t{ ${fields.join(', ')}, ${text} },`;
  };
  if (call.call === 'mremap') {
    return row(bytes(call.oldLen), bytes(call.newLen), flagsText(call), bytes(call.newAddr));
  }
  if (call.call === 'mmap') {
    return row(bytes(call.len), KINDS[call.kind] ?? 'ANON', PROTS[call.prot], bytes(call.offset));
  }
  if (call.call === 'mprotect') return row(bytes(call.len), PROTS[call.prot], '0', '0');
  return row(bytes(call.len), '0', '0', '0');
}

const isShared = ({ kind }: WrittenVma): boolean => kind !== 'anon' && kind !== 'fpriv';

function areaRow(vma: WrittenVma): string {
  const isFile = vma.kind === 'fpriv' || vma.kind === 'fshared';
  const prot = vma.prot === 'rw' ? 'w' : 'r';
  const share = isShared(vma) ? 's' : 'p';
  return `\t{ ${vma.start}, ${vma.start + vma.pages}, '${prot}', '${share}', ${isFile ? vma.offset : -1} },`;
}

/** An array with an empty entry at its end, so that none is without entries. */
const array = (type: string, name: string, rows: readonly string[]): string =>
  [`static const struct ${type} ${name}[] = {`, ...rows, '\t{ 0 },', '};'].join('\n');

/** What one can see in /proc/self/maps, and that the trace has a change there or in the result alone. */
const seen = (vmas: readonly WrittenVma[]): string => vmas.map(areaRow).join('\n');

/** Why the kernel could do this and nobody would see it, if that is so. */
function unseen(trace: CallTrace): string | undefined {
  if (isOfNoChange(trace.invariant) && seen(trace.before) === seen(trace.after)) {
    return 'what is changed does not show in /proc/self/maps';
  }
  if (trace.invariant === 'peak-bounded') return 'a peak of map_count shows to other threads alone';
  if (trace.invariant === 'pages-preserved' || trace.invariant === 'success-effect') {
    return seen(trace.before) === seen(trace.after) && trace.result.startsWith('-')
      ? 'what is changed does not show in /proc/self/maps'
      : undefined;
  }
  return undefined;
}

/** `-ENOMEM` in C; undefined where a call succeeds. */
const errnoText = (result: string): string | undefined =>
  result.startsWith('-') ? `(${result})` : undefined;

function resultText(trace: CallTrace): string {
  const errno = errnoText(trace.result);
  if (errno !== undefined) return errno;
  return trace.call.call === 'mremap' ? `(long)(WINDOW + ${bytes(Number(trace.result))})` : '0';
}

/** What a call adds to the commit charge beside what its VMAs have become more: nothing gives it back. */
function committedForGood({ before, after, accounts }: CallTrace): number {
  const accounted = (vmas: readonly WrittenVma[]): number =>
    vmas.reduce((sum, vma) => sum + (vma.accounted ? vma.pages : 0), 0);
  return accounts.committed - (accounted(after) - accounted(before));
}

interface Facts {
  readonly unit: number;
  readonly pages: number;
  readonly headroom: number;
  readonly data: string;
}

const define = (name: string, value: string | number): string => `#define ${name} ${value}`;
const quoted = (text: string): string => JSON.stringify(text);

/** The part of the program that is about one trace. */
function factsOf(trace: Trace, real: RealCalls): Facts {
  const call = trace.kind === 'call' ? trace : undefined;
  const cannot =
    'impossible' in real ? real.impossible : call === undefined ? 'it is no call' : unseen(call);
  const { setup, calls, headroom, withRoom } =
    'impossible' in real ? { setup: [], calls: [], headroom: 0, withRoom: '0' } : real;
  const all = [...setup, ...calls];
  const isHuge = all.some((one) => one.call === 'mmap' && one.kind === 'hugetlb');
  const grown =
    (call?.mapCount.after ?? 0) - (call?.limitedFromStart ? 0 : (call?.mapCount.before ?? 0));
  const invariant = trace.kind === 'difference' ? 'releases-differ' : trace.invariant;
  const counter = counterOf(invariant);
  const release = trace.kind === 'difference' ? trace.outcomes[1].release : trace.release;
  return {
    unit: isHuge ? HALF_HUGE : PAGE,
    pages: trace.pages,
    headroom,
    data: [
      define('INVARIANT', quoted(invariant)),
      define('RELEASE', quoted(release)),
      define('CANNOT', quoted(cannot === undefined ? '' : `no process can show it: ${cannot}`)),
      define('PROMISE', promisedBy(invariant)),
      define('OVERSHOOT', invariant === 'overshoot-at-most-one' ? 1 : 0),
      define('LIMITED_FROM_START', call?.limitedFromStart ? 1 : 0),
      define('EXPECTED_RESULT', call === undefined ? '0' : resultText(call)),
      define('EXPECTED_COUNT', `(${grown})`),
      define('WITH_ROOM', isOfPrecedence(invariant) ? (errnoText(withRoom) ?? '0') : '0'),
      define('COUNTER', COUNTERS[counter ?? 'totalVmDelta']),
      define('EXPECTED_COMMITTED', `(${call === undefined ? 0 : committedForGood(call)})`),
      '',
      array('call', 'setup', setup.map(callRow)),
      array('call', 'calls', calls.map(callRow)),
      array('area', 'expected_before', trace.before.map(areaRow)),
      array('area', 'expected_after', (call?.after ?? []).map(areaRow)),
    ].join('\n'),
  };
}

/** As lines of a comment of C. */
const comment = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? ' *' : wrapped(line, ' * ', 100)))
    .join('\n')
    .replaceAll('*/', '* /');

function judged(trace: Trace): string {
  if (trace.kind !== 'call') return 'It is skipped on every kernel; see CANNOT for the reason.';
  const meaning = MEANING[promisedBy(trace.invariant)];
  const notOk = isOfPrecedence(trace.invariant)
    ? `${meaning}, and with map slots to spare the one that it returns there then`
    : meaning;
  return `"not ok" means: ${notOk}. A kernel that keeps the promise says "ok".`;
}

function header(trace: Trace): string {
  const lines = [
    `Made by mremap-check of a ${trace.kind === 'difference' ? 'difference' : 'counterexample'}.`,
    '',
    repeatText(trace),
    '',
    judged(trace),
    '',
    'Exit codes as of kselftest: 0 passed, 1 failed, 4 skipped. As root it sets vm.max_map_count for the moment of the call, and sets it back; else it comes near to the limit with filler mappings.',
    '',
    'cc -Wall -Wextra -o reproducer FILE.c && ./reproducer',
  ];
  return `SPDX-License-Identifier: MIT */\n/*\n${comment(lines.join('\n'))}\n `;
}

/** A program for x86-64 Linux in the shape of a kernel selftest, in one file, which skips where it cannot show the trace. */
export function cText(trace: Trace, releaseOf: ReleaseOf): string {
  const { unit, pages, headroom, data } = factsOf(trace, realCalls(trace, releaseOf));
  const parts: Readonly<Record<string, string>> = {
    HEADER: header(trace),
    UNIT: `${unit}`,
    PAGES: `${pages}`,
    HEADROOM: `${headroom}`,
    DATA: data,
  };
  return template('reproducer.c').replace(/@(\w+)@/g, (_, name: string) => parts[name] ?? '');
}
