import type { MremapBounds, SpaceBounds, VmaClass } from '../../checker/bounds.js';
import { mremapCalls } from '../../checker/calls.js';
import { addressSpaces } from '../../checker/spaces.js';
import { samePages, sameVmas } from '../../invariants/untouched.js';
import { type Vmas, vmaAt } from '../../model/address-space.js';
import type { MremapCall } from '../../model/calls.js';
import { type ErrnoName, errnoName } from '../../model/errno.js';
import { frameTokens } from '../../model/frame-tokens.js';
import type { Outcome } from '../../model/outcome.js';
import { type Machine, machine } from '../../model/plan.js';
import { Recorder } from '../../model/recorder.js';
import type { Release } from '../../model/release.js';
import { type MicroStep, run } from '../../model/run.js';
import { env, type Pages, type ResourceLimits } from '../../model/state.js';
import type { Step } from '../../model/step.js';
import { Kind, makeVma, Prot, pagesWith, VM_ACCOUNT, VM_LOCKED } from '../../model/vma.js';

/** One way in which a step ends a call. */
export interface Ending {
  readonly errno: ErrnoName;
  /** The kernel function that was made to fail, if that is how the call ended. */
  readonly failed: string | undefined;
  /** A call has ended so with nothing changed. */
  readonly untouched: boolean;
  /** What has been found changed, over all calls that ended so, in the order in which calls come by. */
  readonly changed: readonly string[];
}

/** The ways in which each step of a release ends a call. */
export type Endings = ReadonlyMap<Step, readonly Ending[]>;

/** Address spaces, and the calls made in each. */
interface Window extends SpaceBounds {
  readonly mremap: MremapBounds;
  /** Longest range of a call, in pages; 2 unless given. */
  readonly longest?: number;
  /** Each call is made at every headroom from 0 on, not at one that is enough for all. */
  readonly everyHeadroom?: true;
  readonly resources?: Partial<ResourceLimits>;
  /** Each point of failure fails in turn. */
  readonly failures?: true;
  /** In place of all that there are. */
  readonly spaces?: readonly Vmas[];
}

const WRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: true };
const LOCKED: VmaClass = { ...WRITTEN, locked: true };
const SEALED: VmaClass = { ...WRITTEN, sealed: true };
const SPECIAL: VmaClass = { kind: 'special', prot: 'r', populated: false };
const HUGE: VmaClass = { kind: 'hugetlb', prot: 'r', populated: false };
const SHARED: VmaClass = { kind: 'fshared', prot: 'r', populated: false };
const RAMFS: VmaClass = { kind: 'ramfs', prot: 'r', populated: false };

const CALLS: MremapBounds = {
  flags: [
    [],
    ['MAYMOVE'],
    ['MAYMOVE', 'FIXED'],
    ['MAYMOVE', 'DONTUNMAP'],
    ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
  ],
  lengths: 'any',
  destinations: 'any',
};
const ODD_CALLS: MremapBounds = {
  ...CALLS,
  flags: [...CALLS.flags, ['FIXED'], ['DONTUNMAP'], ['UNKNOWN']],
  odd: true,
};
const WHOLE_MOVES: MremapBounds = {
  flags: [
    ['MAYMOVE', 'FIXED'],
    ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
  ],
  lengths: 'equal',
  destinations: 'fits',
};

const window = (classes: readonly VmaClass[], given: Partial<Window> = {}): Window => ({
  pages: 4,
  vmas: 2,
  classes,
  identities: 1,
  displacements: [0],
  mremap: CALLS,
  ...given,
});

const anon = (start: number, pages: number, prot: 'r' | 'rw') =>
  makeVma({ start, pages, kind: Kind.anon, prot: Prot[prot], displacement: 0, id: 0 });

/** Two VMAs with a gap, which a move of both takes into the second: near the limit the second piece is refused. */
const TWO_PIECES: readonly Vmas[] = [[anon(0, 2, 'r'), anon(3, 5, 'rw')]];

/** One after the other what steps are about: several kinds in one window are far more address spaces. */
const WINDOWS: readonly Window[] = [
  window([WRITTEN], { pages: 5, everyHeadroom: true }),
  window([WRITTEN], { vmas: 1, failures: true }),
  window([WRITTEN, SHARED], { pages: 3, vmas: 1, mremap: ODD_CALLS }),
  window([LOCKED], { vmas: 1, failures: true }),
  window([SPECIAL], { vmas: 1, failures: true }),
  window([WRITTEN, SEALED]),
  window([HUGE, WRITTEN]),
  window([RAMFS, WRITTEN]),
  window([WRITTEN], { resources: { rlimitAs: 3 } }),
  window([WRITTEN], { resources: { commitLimit: 3 } }),
  window([LOCKED], { resources: { rlimitMemlock: 2 } }),
  window([], {
    pages: 9,
    longest: 9,
    mremap: WHOLE_MOVES,
    spaces: TWO_PIECES,
    everyHeadroom: true,
  }),
];

/** What they are, in words. */
export const WINDOWS_TEXT =
  'every mremap() of up to 2 pages in every address space of up to 2 written VMAs in 5 pages, at every ' +
  'headroom; the same with room to spare in 4 pages for sealed, huge and ramfs mappings, under limits of the ' +
  'process, and with each thing failing that can; odd arguments in 3 pages, of shared files too; and moves of two VMAs in 9 pages';

/** Effects by the names of steps that are not about a range. */
const EFFECTS: Readonly<Record<string, string>> = {
  'locked-source-split-start': 'source split',
  'locked-source-split-end': 'source split',
  'unmap-source-split-start': 'source split',
  'unmap-source-split-end': 'source split',
  'unmap-source-remove': 'source unmapped',
  'copy-vma': 'copy mapped',
  'move-page-tables': 'pages moved',
  'expand-in-place': 'source extended',
};

/** What a step has done to the memory map, in a few words; undefined for nothing. */
function effectOf({ step, before, after }: MicroStep): string | undefined {
  if (before.vmas === after.vmas && before.pages === after.pages) return undefined;
  const { within, name } = step;
  if (within === undefined) return EFFECTS[name] ?? `${name} done`;
  return `${within.range.what} ${within.action === 'remove' ? 'unmapped' : 'split'}`;
}

/** What the undoing of a move takes back. */
const UNDONE: ReadonlySet<string> = new Set(['copy mapped', 'pages moved']);

/** Follows one call. */
class Course {
  readonly effects = new Set<string>();

  readonly observe = (micro: MicroStep): void => {
    const { step, before, after } = micro;
    if (before.undoing !== 0) return;
    if (after.undoing !== 0) for (const effect of UNDONE) this.effects.delete(effect);
    else if (step.repeatFrom !== undefined) {
      this.effects.clear();
      this.effects.add('VMAs before it moved');
    } else {
      const effect = effectOf(micro);
      if (effect !== undefined) this.effects.add(effect);
    }
  };
}

/** Counters that the call has left wrong. */
function wrongCounters(before: Vmas, { vmas, accounts }: Outcome): string[] {
  const grown = (flag: number): number => pagesWith(vmas, flag) - pagesWith(before, flag);
  return [
    ...(accounts.committed === grown(VM_ACCOUNT) ? [] : ['commit charge wrong']),
    ...(accounts.locked === grown(VM_LOCKED) ? [] : ['locked_vm wrong']),
  ];
}

interface Found {
  readonly errno: ErrnoName;
  readonly failed: string | undefined;
  untouched: boolean;
  readonly changed: Set<string>;
}

/** Collects how calls end. */
class Tally {
  readonly byStep = new Map<Step, Map<string, Found>>();

  ended(before: Vmas, pages: Pages, outcome: Outcome, course: Course): void {
    const { result, step, failures, vmas } = outcome;
    if (result >= 0) return;
    const errno = errnoName(-result) as ErrnoName;
    const failed = failures.at(-1)?.point.kernel;
    const endings = this.byStep.get(step) ?? new Map<string, Found>();
    this.byStep.set(step, endings);
    const key = `${errno} ${failed ?? ''}`;
    const found = endings.get(key) ?? { errno, failed, untouched: false, changed: new Set() };
    endings.set(key, found);
    const wrong = wrongCounters(before, outcome);
    const same = sameVmas(before, vmas) && samePages(pages, outcome.pages);
    if (same && wrong.length === 0) found.untouched = true;
    for (const what of wrong) found.changed.add(what);
    if (!same) for (const what of course.effects) found.changed.add(what);
  }
}

/** Above what any call asks for. */
const MOST_HEADROOM = 12;

/** Makes a call in the ways that the window asks for; once for all limits under which it ends alike. */
function inEveryWay(
  on: Machine,
  { pages: taskEnd, resources, failures, everyHeadroom }: Window,
  vmas: Vmas,
  pages: Pages,
  call: MremapCall,
  tally: Tally,
  recorder: Recorder,
): void {
  const once = (limit: number, failing?: readonly number[]): Outcome => {
    recorder.clear();
    const course = new Course();
    const limits = env(limit, taskEnd, resources);
    const outcome = run(on, limits, vmas, pages, call, {
      recorder,
      observer: course.observe,
      failing,
    });
    tally.ended(vmas, pages, outcome, course);
    return outcome;
  };
  const most = vmas.length + MOST_HEADROOM;
  const { result } = once(most);
  if (everyHeadroom === true) {
    for (let limit = recorder.from - 1; limit >= vmas.length; limit = recorder.from - 1)
      once(limit);
  }
  // What is refused anyway comes by nothing that those do not that are not.
  if (failures !== true || result < 0) return;
  once(most, []);
  const { points } = recorder;
  for (let point = 0; point < points; point++) once(most, [point]);
}

/** In the order of the text that a reader follows. */
const ORDER: readonly string[] = [
  'VMAs before it moved',
  'destination split',
  'destination unmapped',
  'tail split',
  'tail unmapped',
  'source split',
  'copy mapped',
  'pages moved',
  'source unmapped',
];
const orderOf = (effect: string): number => {
  const at = ORDER.indexOf(effect);
  return at < 0 ? ORDER.length : at;
};

/** How the steps of mremap() end calls on this release, and what has been changed by then. */
export function endingsOf(release: Release): Endings {
  const on = machine(release);
  const tally = new Tally();
  const recorder = new Recorder();
  for (const bounds of WINDOWS) {
    const calls = mremapCalls(bounds.pages, bounds.mremap).filter(
      ({ oldLen, newLen }) =>
        bounds.mremap.odd === true || Math.max(oldLen, newLen) <= (bounds.longest ?? 2),
    );
    for (const vmas of bounds.spaces ?? addressSpaces(bounds)) {
      const pages = frameTokens(vmas, bounds.pages);
      for (const call of calls) {
        // Where nothing is mapped at the old address one VMA shows all that there is.
        if (vmas.length > 1 && vmaAt(vmas, call.addr) === undefined) continue;
        inEveryWay(on, bounds, vmas, pages, call, tally, recorder);
      }
    }
  }
  return new Map(
    [...tally.byStep].map(([step, endings]) => [
      step,
      [...endings.values()].map((found) => ({
        ...found,
        changed: [...found.changed].sort((a, b) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1)),
      })),
    ]),
  );
}
