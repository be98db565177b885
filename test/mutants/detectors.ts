import type { EnumerateBounds, ReachBounds, VmaClass } from '../../src/checker/bounds.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { reach } from '../../src/checker/reach/reach.js';
import { replay } from '../../src/conformance/replay.js';
import { invariantById, invariants } from '../../src/invariants/index.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import type { FlagName } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import type { CallName, Release } from '../../src/model/release.js';
import { firstDifference, type KernelRecord, recordsOf } from '../conformance/records.js';
import { releaseOfKernel } from '../support/releases.js';
import { faults, laws } from './laws.js';

const WRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: true };
const UNWRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: false };
const READ_ONLY: VmaClass = { kind: 'anon', prot: 'r', populated: false };
const FILE: VmaClass = { kind: 'fshared', prot: 'r', populated: false };
const RAMFS: VmaClass = { kind: 'ramfs', prot: 'r', populated: false };

const FLAGS: readonly (readonly FlagName[])[] = [
  [],
  ['MAYMOVE'],
  ['MAYMOVE', 'FIXED'],
  ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
];

const MOVES: readonly (readonly FlagName[])[] = [['MAYMOVE', 'FIXED']];

const within = (
  classes: readonly VmaClass[],
  given: Partial<EnumerateBounds> = {},
): EnumerateBounds => ({
  pages: 4,
  classes,
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [9, 9],
  mremap: { flags: FLAGS, lengths: 'any', destinations: 'any' },
  ...given,
});

const FEW_PAGES = { rlimitAs: 3, rlimitMemlock: 2 };

const KEEPING: EnumerateBounds['mremap'] = {
  flags: [['MAYMOVE', 'FIXED', 'DONTUNMAP']],
  lengths: 'equal',
  destinations: 'fits',
};

const GROWTH: EnumerateBounds['mremap'] = {
  flags: [[], ['MAYMOVE']],
  lengths: 'any',
  destinations: 'fits',
};

/** Where invariants are looked for: cheap ones first. */
const ENUMERATIONS: readonly EnumerateBounds[] = [
  within([WRITTEN]),
  within([WRITTEN], { limits: [1, 8] }),
  within([FILE, RAMFS], { vmas: 3 }),
  within([
    { ...WRITTEN, locked: true },
    { ...UNWRITTEN, sealed: true },
  ]),
  // Each thing that can fail. Without DONTUNMAP releases are known to miscount then, and with FIXED
  // the destination is gone.
  within([WRITTEN], { failures: 1, mremap: KEEPING }),
  within([WRITTEN], { failures: 1, mremap: GROWTH }),
  within([WRITTEN, { ...WRITTEN, locked: true }], { resources: FEW_PAGES, mremap: GROWTH }),
  // Room for two VMAs with a gap between them, and for a destination apart from them.
  within([FILE], { pages: 6, mremap: { flags: MOVES, lengths: 'any', destinations: 'fits' } }),
];

const near = (calls: readonly CallName[]): ReachBounds => ({
  pages: 3,
  limit: 1,
  mmapCap: 1,
  classes: [UNWRITTEN, READ_ONLY],
  calls,
  mremap: { flags: [], lengths: 'any', destinations: 'fits' },
  maxStates: 1500,
});

/** The other calls, near the limit; seals apart, since what they refuse may leave a split behind. */
const REACHES: readonly ReachBounds[] = [
  near(['mmap', 'munmap', 'mprotect', 'touch', 'mlock', 'munlock']),
  near(['mmap', 'mseal']),
  near(['mmap', 'munmap', 'mprotect', 'mseal']),
];

/** A mutant need not keep what the reductions rely on. */
const EVERY_CALL = { argumentClasses: false, limitRanges: false };

type Search = (of: Release, asked: readonly Invariant[]) => ReadonlySet<string>;

const idsOf = (findings: readonly { invariant: string; broken: number }[]): Set<string> =>
  new Set(findings.filter(({ broken }) => broken > 0).map(({ invariant }) => invariant));

const searches: readonly Search[] = [
  ...ENUMERATIONS.map(
    (bounds): Search =>
      (of, asked) =>
        idsOf(enumeratePart(machine(of), bounds, asked, EVERY_CALL).findings),
  ),
  ...REACHES.map(
    (bounds): Search =>
      (of, asked) =>
        idsOf(reach(machine(of), bounds, asked, EVERY_CALL).findings),
  ),
];

/** The invariants, of those asked for, that the mutant breaks in a search in which the original keeps them. */
function brokenInvariants(
  original: Release,
  mutant: Release,
  asked: readonly Invariant[],
): ReadonlySet<string> {
  const broken = new Set<string>();
  for (const search of searches) {
    const pending = asked.filter(({ id }) => !broken.has(id));
    if (pending.length === 0) break;
    const found = ofMutant(search, mutant, pending);
    const suspects = pending.filter(({ id }) => found.has(id));
    if (suspects.length === 0) continue;
    const known = search(original, suspects);
    for (const { id } of suspects) if (!known.has(id)) broken.add(id);
  }
  return broken;
}

function ofMutant(
  search: Search,
  mutant: Release,
  asked: readonly Invariant[],
): ReadonlySet<string> {
  try {
    return search(mutant, asked);
  } catch {
    // It cannot go on, which is for the law that every call ends.
    return new Set();
  }
}

const KERNELS = ['5.10.223', '6.12.107', '7.0.13', '7.2.13'] as const;
/** Those in which most goes wrong first. */
const FILES = ['extended.jsonl', 'moves.jsonl', 'core.jsonl'] as const;

const recorded = new Map<string, readonly KernelRecord[]>();

function recordsOfKernel(kernel: string): readonly KernelRecord[] {
  const found = recorded.get(kernel) ?? FILES.flatMap((file) => recordsOf(file, kernel));
  recorded.set(kernel, found);
  return found;
}

const recordsName = (kernel: string): string => `records of ${kernel}`;

/** Whether the release disagrees with a record, or cannot even go on. */
const disagrees = (of: Release, kernel: string): boolean => {
  const on = machine(of);
  return recordsOfKernel(kernel).some((record) => {
    try {
      return firstDifference(record, replay(on, record.scenario)) !== undefined;
    } catch {
      return true;
    }
  });
};

const lawName = (name: string): string => `law: ${name}`;

export const invariantNames: readonly string[] = invariants.map(({ id }) => id);

/** Every detector by its name, as the table has it. */
export const detectors: readonly string[] = [
  ...invariantNames,
  ...laws.map(({ name }) => lawName(name)),
  ...KERNELS.map(recordsName),
];

/** Which of these detectors tell the mutant from its original. */
export function catches(
  original: Release,
  mutant: Release,
  asked: readonly string[],
): ReadonlySet<string> {
  const unknown = asked.find((name) => !detectors.includes(name));
  if (unknown !== undefined) throw new RangeError(`no detector ${unknown}`);
  const caught = new Set<string>();
  for (const kernel of KERNELS) {
    const name = recordsName(kernel);
    if (!asked.includes(name) || releaseOfKernel(kernel).id !== original.id) continue;
    if (disagrees(mutant, kernel)) caught.add(name);
  }
  const asLaws = laws.filter(({ name }) => asked.includes(lawName(name)));
  for (const name of faults(mutant, asLaws).keys()) caught.add(lawName(name));
  const asInvariants = asked.flatMap((id) => invariantById(id) ?? []);
  for (const id of brokenInvariants(original, mutant, asInvariants)) caught.add(id);
  return caught;
}
