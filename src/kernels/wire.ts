import { KernelDied, KernelFailed } from '../conformance/failed.js';
import type { Ran } from '../conformance/kernel.js';
import type { CallResult, LayoutEntry, StepOutcome, WindowView } from '../conformance/outcome.js';
import type { Scenario } from '../conformance/scenario.js';
import type { WrittenCall } from '../input/call.js';
import { modelCall } from '../input/call.js';
import { errnoWord } from './errno-word.js';

/*
 * The lines between this program and the probe. They are short, since each byte costs an emulated
 * serial line some microseconds.
 *
 * Requests are whole numbers: id, pages, headroom, how many calls in the set-up, how many behind it,
 * and for each call its number and arguments. One without pages asks the process that runs scenarios to end.
 *
 * Answers, in the order of the requests:
 *
 *     @ID VIEW;RESULT MAPS TOTAL LOCKED COMMITTED VIEW;...    an outcome; the first view is the initial one
 *     @ID xN                                  call N of the set-up, a touch, cannot write
 *     @ID kN                                  signal N ended the process that ran it
 *     @ID e                                   that process has ended, as was asked for
 *     #1 LOCKS RAMFS LIMIT RELEASE VERSION    once, before all others: the greeting
 *     !WORD NUMBER                            the probe gives up
 *
 * A result is a page, `o` for outside, or minus an errno. A view is `=` for the one before, or entries
 * START,PAGES,KSP[,OFFSET] (K kind: a, s, f, r; S shared: p, s; P protection: w, r, n), then `|`, then
 * runs PAGE,BYTE,COUNT of bytes that count up. Any other line is none of ours.
 */

const NUMBER_OF_CALL = {
  mmap: 0,
  touch: 1,
  munmap: 2,
  mprotect: 3,
  mlock: 4,
  munlock: 5,
  mseal: 6,
  mremap: 7,
} as const satisfies Record<WrittenCall['call'], number>;
const NUMBER_OF_KIND = { anon: 0, shm: 1, fpriv: 2, fshared: 3, ramfs: 4 } as const;
const PROT_BITS = { r: 1, rw: 3 } as const;

/** As MAX_CALLS of the probe. */
const MAX_CALLS = 256;
/** As MAX_ERRNO of the kernel: what is further below 0 is an address. */
const MAX_ERRNO = 4095;

function callNumbers(written: WrittenCall): number[] {
  const call = modelCall(written);
  const number = NUMBER_OF_CALL[written.call];
  if (written.call === 'mmap') {
    const { addr, len, kind, prot, offset } = written;
    return [number, addr, len, NUMBER_OF_KIND[kind], PROT_BITS[prot], offset];
  }
  if (call.call === 'mremap') {
    return [number, call.addr, call.oldLen, call.newLen, call.flags, call.newAddr];
  }
  const range = [number, written.addr, (written as { readonly len: number }).len];
  return written.call === 'mprotect' ? [...range, PROT_BITS[written.prot]] : range;
}

/** More slots than any calls of the window can take; a limit above that is never met. */
const enough = ({ pages, calls }: Scenario): number => 2 * pages + 100 * (calls.length + 1);

/** A scenario as the probe reads it; `id` is what the answer repeats. */
export function requestLine(id: number, scenario: Scenario): string {
  const { pages, headroom, setup, calls } = scenario;
  const numbers = [id, pages, Math.min(headroom, enough(scenario)), setup.length, calls.length];
  return `${[...numbers, ...[...setup, ...calls].flatMap(callNumbers)].join(' ')}\n`;
}

/** Asks the process that runs scenarios to end; another takes its place. */
export const endLine = (id: number): string => `${id} 0 0 0 0\n`;

/** Why the probe cannot hold a scenario; undefined if it can. */
export const tooLong = ({ setup, calls }: Scenario): string | undefined =>
  setup.length + calls.length > MAX_CALLS
    ? `it makes ${setup.length + calls.length} calls, the probe at most ${MAX_CALLS}`
    : undefined;

/** What the probe says of the machine that it is on. */
export interface Greeting {
  /** Whether mlock() meets no limit there. */
  readonly locks: boolean;
  readonly hasRamfs: boolean;
  /** max_map_count as the probe found it. */
  readonly limit: number;
  /** As `uname -r` says. */
  readonly version: string;
  /** As `uname -v` says, and /proc/version_signature where there is one. */
  readonly build: string;
}

/** The greeting; undefined for any other line. */
export function parseGreeting(line: string): Greeting | undefined {
  const match = /^#1 ([01]) ([01]) (\d+) (\S+) (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, locks, ramfs, limit, version, build] = match;
  return {
    locks: locks === '1',
    hasRamfs: ramfs === '1',
    limit: Number(limit),
    version: version as string,
    build: build as string,
  };
}

/** What the probe means by the words with which it gives up. */
const GIVES_UP: Record<string, (detail: number) => string> = {
  room: () =>
    'its address space is not laid out as expected; is there a limit on it (ulimit -v), or none on the stack (ulimit -s)?',
  many: (limit) =>
    `vm.max_map_count is ${limit}, too many to fill up; lower it to 4194304 or less, or use a guest`,
  fillers: (wanted) => `vm.max_map_count is too low to run anything (${wanted} fillers wanted)`,
  sysctl: (errno) => `it may not set vm.max_map_count (errno ${errno}), expected to be root`,
  open: (errno) => `it cannot open a file of /proc (errno ${errno})`,
  fork: (errno) => `it cannot make a process (errno ${errno})`,
};

/** Why the probe gave up; undefined for a line that does not say so. */
export function parseGivingUp(line: string): string | undefined {
  const match = /^!([a-z]+) (-?\d+)$/.exec(line);
  if (match === null) return undefined;
  const [, word, detail] = match as unknown as [string, string, string];
  return GIVES_UP[word]?.(Number(detail)) ?? `it gave up (${word} ${detail})`;
}

/** The id that a line answers; undefined for a line that is no answer. */
export function answeredId(line: string): number | undefined {
  const match = /^@(\d+) /.exec(line);
  return match === null ? undefined : Number(match[1]);
}

class Malformed extends Error {}

function whole(text: string | undefined): number {
  if (text === undefined || !/^-?\d+$/.test(text)) throw new Malformed();
  return Number(text);
}

function lookUp<T>(table: Readonly<Record<string, T>>, letter: string | undefined): T {
  const value = letter === undefined ? undefined : table[letter];
  if (value === undefined) throw new Malformed();
  return value;
}

const KINDS = { a: 'anon', s: 'shm', f: 'file', r: 'ramfs' } as const;
const SHARED = { p: false, s: true } as const;
const PROTS = { w: 'rw', r: 'r', n: 'none' } as const;

function parseEntry(text: string): LayoutEntry {
  const [start, pages, letters = '', offset] = text.split(',');
  return {
    start: whole(start),
    pages: whole(pages),
    kind: lookUp<LayoutEntry['kind']>(KINDS, letters[0]),
    prot: lookUp<LayoutEntry['prot']>(PROTS, letters[2]),
    shared: lookUp<boolean>(SHARED, letters[1]),
    ...(offset === undefined ? {} : { offset: whole(offset) }),
  };
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

function parseView(text: string): WindowView {
  const [entries, runs, ...rest] = text.split('|');
  if (entries === undefined || runs === undefined || rest.length > 0) throw new Malformed();
  const data: Record<string, number> = {};
  for (const run of words(runs)) {
    const [page, byte, count] = run.split(',').map(whole) as [number, number, number];
    for (let i = 0; i < whole(`${count}`); i++) data[page + i] = byte + i;
  }
  return { layout: words(entries).map(parseEntry), data };
}

function parseResult(text: string): CallResult {
  if (text === 'o') return { ok: 'outside' };
  const number = whole(text);
  if (number >= 0) return { ok: number };
  if (number < -MAX_ERRNO) throw new Malformed();
  return { errno: errnoWord(-number) };
}

function parseStep(text: string, before: WindowView): StepOutcome {
  const [result = '', maps, total, locked, committed, ...view] = text.split(' ');
  const rest = view.join(' ');
  return {
    result: parseResult(result),
    mapCountDelta: whole(maps),
    totalVmDelta: whole(total),
    lockedVm: whole(locked),
    committedDelta: whole(committed),
    ...(rest === '=' ? { layout: before.layout, data: before.data } : parseView(rest)),
  };
}

function parseOutcome(scenario: Scenario, kernel: string, text: string): Ran {
  const [first = '', ...rest] = text.split(';');
  const initial = parseView(first);
  if (rest.length !== scenario.calls.length) throw new Malformed();
  const steps: StepOutcome[] = [];
  let before = initial;
  for (const part of rest) {
    const step = parseStep(part, before);
    steps.push(step);
    before = step;
  }
  return { id: scenario.id, kernel, initial, steps };
}

function cannotWrite({ setup }: Scenario, index: number): string {
  const call = setup[index];
  if (call?.call !== 'touch') throw new Malformed();
  return `its set-up writes to pages ${call.addr} to ${call.addr + call.len - 1}, which are not all writable`;
}

/**
 * What an answer says of its scenario. Throws KernelDied where the process that ran it was ended by a
 * signal, KernelFailed where the line is none that a probe writes.
 *
 * @param kernel what the outcome names as its kernel
 */
export function parseAnswer(line: string, scenario: Scenario, kernel: string): Ran {
  const text = line.slice(line.indexOf(' ') + 1);
  try {
    const special = /^([xk])(\d+)$/.exec(text);
    if (special === null) return parseOutcome(scenario, kernel, text);
    const number = Number(special[2]);
    if (special[1] === 'x') return { id: scenario.id, cannotSetUp: cannotWrite(scenario, number) };
    throw new KernelDied(
      `signal ${number} ended the process that ran scenario ${scenario.id} on ${kernel}`,
      [scenario],
    );
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new KernelFailed(
      `the probe on ${kernel} answered scenario ${scenario.id} with "${line}", which is no outcome`,
    );
  }
}
