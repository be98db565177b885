import type { Vmas } from '../model/address-space.js';
import { callText } from '../model/call-text.js';
import type { Call } from '../model/calls.js';
import { type Machine, machine } from '../model/plan.js';
import { CALL_NAMES, type CallName, mapCalls, type Release } from '../model/release.js';
import { observe } from '../model/run.js';
import { env, type Pages } from '../model/state.js';
import type { Step } from '../model/step.js';
import { Kind, makeVma, Prot, VM_ACCOUNT, type Vma } from '../model/vma.js';

/** What every release must be so that a search can run it; undefined if this one is. */
type Fault = string | undefined;

/** A loop goes back to a step that there is, and that is before. */
function brokenLoop(steps: readonly Step[]): Fault {
  for (const [i, { name, repeatFrom }] of steps.entries()) {
    if (repeatFrom === undefined) continue;
    const head = steps.findIndex((step) => step.name === repeatFrom);
    if (head < 0) {
      return `found ${name}, which repeats from ${repeatFrom}, and no ${repeatFrom}, expected both or neither`;
    }
    if (head >= i) {
      return `found ${repeatFrom} behind ${name}, which repeats from it, expected it before`;
    }
  }
  return undefined;
}

const onlyLooks = ({ sees, count }: Step): boolean =>
  (sees !== undefined && sees !== 'huge pages') ||
  count?.role === 'early' ||
  count?.role === 'move';

/** The mmap lock is taken once, and nothing is changed without it. */
function brokenLock(steps: readonly Step[]): Fault {
  const locks = steps.filter(({ takesLock }) => takesLock === true).length;
  if (locks !== 1) return `found ${locks} steps that take the mmap lock, expected one`;
  const lock = steps.findIndex(({ takesLock }) => takesLock === true);
  const early = steps.slice(0, lock).find((step) => !onlyLooks(step));
  return (
    early &&
    `found ${early.name} before ${steps[lock]?.name}, expected it under the mmap lock, as it does more than look at the arguments, at map_count or whether the source is there`
  );
}

/** A name tells a step from others, apart from those that the base has several times. */
function clash(steps: readonly Step[], base: readonly Step[]): Fault {
  const times = (list: readonly Step[], name: string): number =>
    list.filter((step) => step.name === name).length;
  const twice = steps.find(({ name }) => times(steps, name) > Math.max(1, times(base, name)));
  return twice && `found two steps named ${twice.name}, expected one`;
}

const WINDOW = 3;
const PAGES: Pages = Object.freeze(Array.from({ length: WINDOW }, (_, page) => page + 1));

const anon = (start: number, pages: number, prot: 'r' | 'rw'): Vma =>
  makeVma({
    start,
    pages,
    kind: Kind.anon,
    prot: Prot[prot],
    displacement: 0,
    id: 0,
    flags: prot === 'rw' ? VM_ACCOUNT : 0,
  });

const SPACES: readonly Vmas[] = [
  [],
  [anon(0, 1, 'rw')],
  [anon(0, 3, 'rw')],
  [anon(0, 1, 'r'), anon(1, 2, 'rw')],
];

const upTo = (most: number): number[] => Array.from({ length: most + 1 }, (_, i) => i);

const MREMAPS: readonly Call[] = upTo(7).flatMap((flags) =>
  [0, 1].flatMap((addr) =>
    upTo(2).flatMap((oldLen) =>
      [1, 2].flatMap((newLen) =>
        upTo(2).map((newAddr): Call => ({ call: 'mremap', addr, oldLen, newLen, flags, newAddr })),
      ),
    ),
  ),
);

const OTHERS: Readonly<Record<Exclude<CallName, 'mremap'>, Call>> = {
  mmap: { call: 'mmap', addr: 1, len: 1, kind: 'anon', prot: 'r', offset: 0 },
  munmap: { call: 'munmap', addr: 1, len: 1 },
  mprotect: { call: 'mprotect', addr: 1, len: 1, prot: 'r' },
  touch: { call: 'touch', addr: 0, len: 1 },
  mlock: { call: 'mlock', addr: 0, len: 1 },
  munlock: { call: 'munlock', addr: 0, len: 1 },
  mseal: { call: 'mseal', addr: 0, len: 1 },
  uffd: { call: 'uffd', addr: 0, len: 1 },
};

const CALLS: readonly Call[] = [...MREMAPS, ...Object.values(OTHERS)];

/** A call that does not come to its end, as `found ..., expected ...`. */
export function breakdownText(call: Call, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return `found that ${callText(call)} breaks down (${said}), expected steps that bring every call to its end`;
}

/** The step, which cannot change the state that it is given, nor ask for what is no number of map slots. */
function watched(step: Step): Step {
  const needFor = step.count?.needFor;
  return {
    ...step,
    run: (s) => {
      Object.freeze(s.vmas);
      Object.freeze(s.pages);
      Object.freeze(s);
      const need = needFor?.(s);
      if (needFor !== undefined && !Number.isInteger(need)) {
        throw new RangeError(`needFor of ${step.name} says ${need}`);
      }
      return step.run(s);
    },
  };
}

/** Every call comes to an end: tried with calls of each shape in a few small address spaces. */
function breakdown(on: Machine): Fault {
  for (const vmas of SPACES) {
    for (const call of CALLS) {
      for (const failing of [[], [0]]) {
        for (const limit of [vmas.length, 1000]) {
          try {
            observe(on, env(limit, WINDOW), vmas, PAGES, call, failing);
          } catch (error) {
            return breakdownText(call, error);
          }
        }
      }
    }
  }
  return undefined;
}

/** What is wrong with an edited release, as `found ..., expected ...`; undefined if it can be run. */
export function faultOf(release: Release, base: Release): Fault {
  const { calls } = release;
  for (const call of CALL_NAMES) {
    const fault = brokenLoop(calls[call]) ?? clash(calls[call], base.calls[call]);
    if (fault !== undefined) return fault;
  }
  const lock = brokenLock(calls.mremap);
  const watchedCalls = mapCalls(calls, (steps) => steps.map(watched));
  return lock ?? breakdown(machine({ ...release, calls: watchedCalls }));
}
