import { className } from '../../src/checker/bounds.js';
import { coverage, type Release } from '../../src/model/release.js';
import { changeName } from '../../src/report/diff-text.js';
import { grouped } from '../../src/report/words.js';
import { wrapped } from '../../src/report/wrap.js';
import type { Change } from '../../src/verify/diff.js';
import type { PairedScenario } from './kernels.js';
import { shownKey } from './kernels.js';
import type { Window } from './windows.js';

const INTRODUCTION = `# What each release changes for callers

Every two neighbouring releases of the model, and each stable one beside the
release that it comes from, compared by exhaustion: every call in every address
space of some small windows, with 0 to 8 map slots left. What the two end
differently is put in classes by what a caller can tell: what was called, at
which headroom, what it returned, and what it did to the address space.
\`mremap-check diff A B\` does the same for any two releases, in larger windows,
and draws the smallest call of each class with the step at which the two part.

A class says what was called, at which headroom (\`max_map_count\` less
\`map_count\` before the call; \`and above\` is up to 8), and what it was and is.
Outside of these classes the two releases do the same in these windows, and
nothing is said of others: larger ones, failing allocations, limits of the
process, several threads. A class of differences in anon_vma or flags cannot be
told at once; it shows in what merges, or is unmapped, later.

This file is written by a test and compared in each run:
\`UPDATE_DOCS=1 npx vitest run test/diff\`.
`;

/** Two releases with what changes between them, by window; undefined where a window is not asked. */
export interface Neighbours {
  readonly from: Release;
  readonly to: Release;
  readonly found: readonly (readonly Change[] | undefined)[];
}

/** Two kernels and their scenarios. */
export interface KernelPair {
  readonly kernels: readonly [string, string];
  readonly scenarios: readonly PairedScenario[];
}

const table = (rows: readonly (readonly string[])[]): string => {
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `|${' --- |'.repeat(rows[0]?.length ?? 0)}`, ...body].join('\n');
};

const windowText = ({ name, says, bounds }: Window): string => {
  const { pages, vmas, classes, calls, mremap } = bounds;
  const made = calls === undefined ? 'mremap()' : calls.join(', ');
  const odd = mremap.odd === true ? ', odd ranges too' : '';
  return wrapped(
    `\`${name}\`: ${says}. ${pages} pages, up to ${vmas} VMAs of ${classes.map(className).join(', ')}; ${made}${odd}.`,
    '  ',
    80,
  ).replace('  ', '- ');
};

const overview = (windows: readonly Window[], all: readonly Neighbours[]): string =>
  table([
    ['from', 'to', ...windows.map(({ name }) => name)],
    ...all.map(({ from, to, found }) => [
      coverage(from),
      coverage(to),
      ...found.map((changes) => (changes === undefined ? '-' : `${changes.length || '.'}`)),
    ]),
  ]);

/** What differs where no window shows it, by the release that came later. */
const BEYOND: Readonly<Record<string, string>> = {
  'v5.11':
    'Nothing in these windows: it shows where memory that is not accounted lies behind the VMA of the source, for which 4 pages have no room. [specs/accounting.json](../specs/accounting.json) has that.',
  'v6.18':
    'Nothing in these windows: none has memory that was written and moved before, beside memory that was never written, or an mseal() over what is sealed in part. [specs/anon-vma.json](../specs/anon-vma.json) has the first.',
};

function changesText({ from, to, found }: Neighbours, windows: readonly Window[]): string {
  const told = new Set<string>();
  const items = windows.flatMap(({ name, bounds }, i) =>
    (found[i] ?? []).flatMap((change) => {
      const text = changeName(change, bounds.headrooms ?? [0, 0]);
      if (told.has(text)) return [];
      told.add(text);
      return [wrapped(`\`${name}\` ${text}`, '  ', 80).replace('  ', '- ')];
    }),
  );
  return [
    `### ${from.id} to ${to.id}`,
    '',
    wrapped(to.changes, '', 80),
    '',
    ...(items.length === 0
      ? [wrapped(BEYOND[to.id] ?? 'Nothing in these windows.', '', 80)]
      : items),
    '',
  ].join('\n');
}

function kernelRow({ kernels, scenarios }: KernelPair): string[] {
  const differing = scenarios.flatMap(({ kernels: one }) => one ?? []);
  const inCalls = differing.flatMap(({ behaviour }) => behaviour ?? []);
  return [
    ...kernels,
    grouped(scenarios.length),
    grouped(differing.length),
    grouped(differing.length - inCalls.length),
    grouped(new Set(inCalls.map(shownKey)).size),
  ];
}

const KERNELS = `## On recorded kernels

The same, of what four real kernels did with the scenarios of
[test/records](../test/records/README.md). For each two kernels: the scenarios
that both have a record of, those that they ended differently, in how many of
these the set-up already did, and the classes of the first calls that differ.
In each scenario the kernels differ exactly where their releases do, in the same
call and the same class, and each class is among those that diff finds between
the two releases in the windows above, at the headroom of the scenario. Calls
behind an \`mseal()\` that only one of the kernels has are left out of that last
point: the two are not in the same state.
`;

/** docs/diffs.md as it has to be. */
export const diffsDocument = (
  windows: readonly Window[],
  all: readonly Neighbours[],
  pairs: readonly KernelPair[],
): string =>
  [
    INTRODUCTION,
    '## The windows',
    '',
    ...windows.map(windowText),
    '',
    'Classes in each window, `.` for none; `-` where one of the two has no such call:',
    '',
    overview(windows, all),
    '',
    KERNELS,
    table([
      ['kernel', 'and', 'scenarios', 'differ', 'by the set-up', 'classes'],
      ...pairs.map(kernelRow),
    ]),
    '',
    '## The changes',
    '',
    'A class is listed with the first window that has it.',
    '',
    ...all.map((one) => changesText(one, windows)),
  ].join('\n');
