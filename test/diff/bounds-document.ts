import type { CompareBounds } from '../../src/checker/bounds.js';
import { comparePart } from '../../src/checker/compare.js';
import { machine } from '../../src/model/plan.js';
import type { CallName } from '../../src/model/release.js';
import { ANY_FLAGS, vmaClassFrom } from '../../src/specs/load.js';
import { changesOf } from '../../src/verify/diff.js';
import { release } from '../support/releases.js';
import { type Growth, growthIn } from './growth.js';

const HEADROOM = 8;

const boundsOf = (
  pages: number,
  vmas: number,
  classes: readonly string[] = ['anon rw'],
  calls: readonly CallName[] = ['mremap'],
): CompareBounds => ({
  pages,
  vmas: Math.min(vmas, pages),
  classes: classes.map((words) => vmaClassFrom(words, 'a window')),
  identities: 1,
  displacements: [0],
  limits: [0, vmas + HEADROOM],
  headrooms: [0, HEADROOM],
  calls,
  mremap: { flags: ANY_FLAGS, lengths: 'any', destinations: 'any' },
});

/** A table of numbers of classes: a row for each thing, a column for each window. */
export interface GrowthTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const RELEASES = ['v6.12', 'v7.2'] as const;

const row = (cells: readonly string[], numbers: readonly number[]): string[] => [
  ...cells,
  ...numbers.map((n) => (n === 0 ? '.' : `${n}`)),
];

/** All behaviours of a release, then what breaks each promise that is broken, then the cases of those that are kept. */
function growthRows(id: string, growths: readonly Growth[]): string[][] {
  const last = growths.at(-1) as Growth;
  const broken = [...last.breaking.keys()].sort();
  const kept = [...last.cases.keys()].filter((name) => !last.breaking.has(name)).sort();
  const of = (name: string, of: 'breaking' | 'cases'): number[] =>
    growths.map((growth) => growth[of].get(name) ?? 0);
  return [
    row(
      [id, 'all classes', ''],
      growths.map(({ all }) => all),
    ),
    ...broken.map((name) => row([id, name, 'broken by'], of(name, 'breaking'))),
    ...kept.map((name) => row([id, name, 'kept in'], of(name, 'cases'))),
  ];
}

const upTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** @param most pages of the largest window */
export function byPages(most: number): GrowthTable {
  const pages = upTo(2, most);
  return {
    head: ['release', 'what', '', ...pages.map((n) => `${n} pages`)],
    rows: RELEASES.flatMap((id) =>
      growthRows(
        id,
        pages.map((n) => growthIn(release(id), boundsOf(n, 3), HEADROOM)),
      ),
    ),
  };
}

/** @param most pages of the largest window; of two VMAs, and without invariants, so that it may be larger */
export function byPagesOfTwo(most: number): GrowthTable {
  const pages = upTo(2, most);
  return {
    head: ['release', 'what', '', ...pages.map((n) => `${n} pages`)],
    rows: RELEASES.map((id) =>
      row(
        [id, 'all classes', ''],
        pages.map((n) => growthIn(release(id), boundsOf(n, 2), HEADROOM, []).all),
      ),
    ),
  };
}

/** @param pages of the window */
export function byVmas(pages: number): GrowthTable {
  const vmas = upTo(1, pages);
  return {
    head: ['release', 'what', '', ...vmas.map((n) => `${n} VMA${n === 1 ? '' : 's'}`)],
    rows: RELEASES.flatMap((id) =>
      growthRows(
        id,
        vmas.map((n) => growthIn(release(id), boundsOf(pages, n), HEADROOM, [])),
      ),
    ),
  };
}

/** @param most map slots left */
export function byHeadroom(most: number): GrowthTable {
  const left = upTo(0, most);
  return {
    head: ['release', 'what', '', ...left.map((n) => `0 to ${n}`)],
    rows: RELEASES.flatMap((id) =>
      growthRows(
        id,
        left.map((n) => growthIn(release(id), boundsOf(4, 3), n, [])),
      ),
    ),
  };
}

const PAIRS = [
  ['v2.6.33', 'v5.1'],
  ['v6.12', 'v6.15'],
  ['v6.16', 'v6.17-rc1'],
  ['v6.18', 'v7.1'],
  ['v7.1', 'v7.2'],
] as const;

/** The changes between releases. */
export function ofDiffs(most: number): GrowthTable {
  const pages = upTo(2, most);
  const changes = (a: string, b: string, n: number): number => {
    const on = [machine(release(a)), machine(release(b))] as const;
    return changesOf(comparePart(on, boundsOf(n, 3)).classes).length;
  };
  return {
    head: ['from', 'to', '', ...pages.map((n) => `${n} pages`)],
    rows: PAIRS.map(([a, b]) =>
      row(
        [a, b, 'changes'],
        pages.map((n) => changes(a, b, n)),
      ),
    ),
  };
}

/** What README.md says was found, each by what breaks a promise on a release, with so many map slots left. */
const FINDINGS = [
  ['v6.12', 'limit-held', ['anon rw', 'hugetlb rw'], ['munmap'], 2],
  ['v6.12', 'limit-held', ['anon rw', 'hugetlb rw'], ['mremap'], 2],
  ['v6.12', 'limit-held', ['anon rw', 'anon rw sealed'], ['munmap'], 2],
  ['v6.12', 'limit-held', ['anon rw', 'anon rw sealed'], ['mremap'], 2],
  ['v6.12', 'locked-vm-exact', ['anon rw locked'], ['mremap'], HEADROOM],
] as const;

/** The findings. */
export function ofFindings(most: number): GrowthTable {
  const pages = upTo(2, most);
  return {
    head: ['release', 'what', 'by', ...pages.map((n) => `${n} pages`)],
    rows: FINDINGS.map(([id, invariant, classes, calls, left]) =>
      row(
        [id, invariant, `${calls.join()}() of ${classes.join(', ')}`],
        pages.map((n) => {
          const { breaking } = growthIn(release(id), boundsOf(n, 2, classes, calls), left);
          return breaking.get(invariant) ?? 0;
        }),
      ),
    ),
  };
}

/** As Markdown. */
export const tableText = ({ head, rows }: GrowthTable): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
