import type { Vmas } from '../../src/model/address-space.js';
import { type Call, type FlagName, flagBits, type MremapCall } from '../../src/model/calls.js';
import { errnoName } from '../../src/model/errno.js';
import type { Outcome } from '../../src/model/outcome.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { observe, run } from '../../src/model/run.js';
import { env, type Pages, type ResourceLimits } from '../../src/model/state.js';
import type { KindName, ProtName } from '../../src/model/vma.js';

const WINDOW = 16;
/** So far above any count that no check of it refuses. */
const UNLIMITED = 1000;
export const frames: Pages = Object.freeze(Array.from({ length: WINDOW }, (_, page) => page + 1));

/** `ok`, or the name of the errno. */
export const resultName = ({ result }: Pick<Outcome, 'result'>): string =>
  result < 0 ? errnoName(-result) : 'ok';

/** One call in a window of 16 pages with so many map slots left. */
export const callWith = (release: Release, vmas: Vmas, call: Call, headroom: number): Outcome =>
  run(machine(release), env(vmas.length + headroom, WINDOW), vmas, frames, call);

/** The same where these points of failure fail, counted from 0 as the call meets them. */
export const callFailing = (
  release: Release,
  vmas: Vmas,
  call: Call,
  failing: readonly number[],
  headroom = UNLIMITED,
): Outcome =>
  observe(machine(release), env(vmas.length + headroom, WINDOW), vmas, frames, call, failing)
    .outcome;

/**
 * The same where one thing fails: `step: what`, as in `copy-vma: copy_vma`, for the first time that the
 * call meets it; and then another one, if it is given. Throws where the call does not meet it.
 */
export function callWithout(
  release: Release,
  vmas: Vmas,
  call: Call,
  ...what: readonly string[]
): Outcome {
  const named = ({ failures }: Outcome): string[] =>
    failures.map(({ step, point }) => `${step.name}: ${point.kernel}`);
  let failing: readonly number[] = [];
  for (const one of what) {
    let next = (failing.at(-1) ?? -1) + 1;
    while (named(callFailing(release, vmas, call, [...failing, next])).at(-1) !== one) {
      if (++next > 100) throw new RangeError(`${release.id} does not meet ${one}`);
    }
    failing = [...failing, next];
  }
  return callFailing(release, vmas, call, failing);
}

/** The same without a limit on VMAs, and with these of the process. */
export const callLimited = (
  release: Release,
  vmas: Vmas,
  call: Call,
  limits: Partial<ResourceLimits>,
): Outcome => run(machine(release), env(UNLIMITED, WINDOW, limits), vmas, frames, call);

/** The address space after these calls in an empty window without a limit, of which none may fail. */
export function play(release: Release, ...calls: readonly Call[]): Vmas {
  return calls.reduce<Vmas>((vmas, call) => {
    const outcome = callWith(release, vmas, call, UNLIMITED);
    if (outcome.result < 0) {
      throw new Error(`${release.id}: ${JSON.stringify(call)} is ${resultName(outcome)}`);
    }
    return outcome.vmas;
  }, []);
}

/** Maps [start, end); a file from the page offset that its address has. */
export function map(start: number, end: number, kind: KindName, prot: ProtName = 'rw'): Call {
  return { call: 'mmap', addr: start, len: end - start, kind, prot, offset: start };
}

export const unmap = (start: number, end: number): Call => ({
  call: 'munmap',
  addr: start,
  len: end - start,
});

export const touch = (start: number, end: number): Call => ({
  call: 'touch',
  addr: start,
  len: end - start,
});

export const protect = (start: number, end: number, prot: ProtName): Call => ({
  call: 'mprotect',
  addr: start,
  len: end - start,
  prot,
});

const flagCall = (
  call: 'mlock' | 'munlock' | 'mseal' | 'uffd',
  start: number,
  end: number,
): Call => ({
  call,
  addr: start,
  len: end - start,
});

export const lock = (start: number, end: number): Call => flagCall('mlock', start, end);
export const unlock = (start: number, end: number): Call => flagCall('munlock', start, end);
export const seal = (start: number, end: number): Call => flagCall('mseal', start, end);
export const register = (start: number, end: number): Call => flagCall('uffd', start, end);

/** mremap() from [start, start + oldLen). */
export const remap = (
  start: number,
  oldLen: number,
  newLen: number,
  flags: readonly FlagName[] = [],
  newAddr = 0,
): MremapCall => ({ call: 'mremap', addr: start, oldLen, newLen, flags: flagBits(flags), newAddr });

/** Moves [start, end) to `to`. */
export const move = (start: number, end: number, to: number): Call =>
  remap(start, end - start, end - start, ['MAYMOVE', 'FIXED'], to);

/** Moves the pages of [start, end) to `to` and leaves the range mapped. */
export const moveKeeping = (start: number, end: number, to: number): Call =>
  remap(start, end - start, end - start, ['MAYMOVE', 'FIXED', 'DONTUNMAP'], to);
