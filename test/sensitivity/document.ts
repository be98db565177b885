import { releaseById } from '../../src/model/releases/index.js';
import { legendText, sensitivityTable } from '../../src/report/sensitivity-text.js';
import { style } from '../../src/report/style.js';
import type { Sensitivity, SensitivityReport } from '../../src/verify/sensitivity.js';

const INTRODUCTION = `# What it takes to break each promise

A verdict that a promise is kept is a proof within bounds: so many pages and
VMAs, these kinds of memory, these calls. This table says how far those bounds
have to be widened, and in which direction, until the promise breaks.

The searches form a ladder, from what any program does to what hardly happens:
plain memory, other kinds of it, strange arguments, other limits, something
that fails, threads, a limit that is lowered meanwhile. Each rung tries every
call in every address space within its bounds. A cell names the first rung on
which the invariant is broken on the release. Rungs above it are not asked, so
that a cell does not say what else would break it; rungs below it were searched
to the end. A \`.\` means that nothing on the ladder breaks the promise. That is a
proof within the bounds below, and no more: a rung is about one circumstance in
a small window, and two of them together are mostly not tried.

The rungs below \`above\` count only calls that begin with map_count within
max_map_count. Releases are asked only about what they have: no sealed memory
before 6.10, no userfaultfd in 2.6.12 to 2.6.32.

\`mremap-check sensitivity --invariant limit-held\` draws the smallest call behind
each cell of a row. This file is written by a test, and a part of it compared in
each run: \`UPDATE_DOCS=1 npx vitest run test/sensitivity\`.
`;

const NOTES = `## Cells that say more of the promise than of the kernel

Each cell is a call that breaks the sentence of the invariant. These are no
news of the kernel:

- \`pages-preserved\` and \`success-effect\` by \`huge\` before 5.16: the promise
  rounds lengths up to huge pages, as the kernel does since 5.16. No page is
  lost that the caller did not cut off.
- \`shrink-always-possible\` by \`huge\` from 5.16 on: an old address inside a huge
  page is EINVAL, also where munmap() could remove the tail.
- \`multi-move-ineligible-first-untouched\` by \`ramfs\` up to 6.16: nothing moves,
  as no release before 6.17-rc1 moves several VMAs; the destination is gone.
- \`limit-enomem-untouched\` by \`calls\`: an mprotect() that splits twice and has
  one map slot. mremap() alone breaks it up to 5.0 and from 6.17-rc1 on.
- \`above\` breaks nothing that is not broken without it.
`;

/** Text as it is. */
const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

/** docs/sensitivity.md as it has to be. */
export function sensitivityDocument(report: SensitivityReport): string {
  const s = style(false);
  return [
    INTRODUCTION,
    fenced(sensitivityTable(report, s)),
    '',
    '## The rungs',
    '',
    fenced(legendText(report.question.ladder, s)),
    '',
    NOTES,
  ].join('\n');
}

/** The cells of the tables in a document, by invariant and release. */
export function cellsOf(document: string): Map<string, string> {
  const cells = new Map<string, string>();
  let releases: string[] = [];
  for (const line of document.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words.every((word) => /^\d+\.\d+/.test(word))) {
      releases = words.map((word) => releaseById(word)?.id ?? word);
    } else if (words.length === releases.length + 1 && releases.length > 0) {
      releases.forEach((release, i) => {
        cells.set(`${words[0]} ${release}`, words[i + 1] as string);
      });
    } else {
      releases = [];
    }
  }
  return cells;
}

/** A report that would be written with these cells: without what was found, but for the rungs. */
export function reportOf(
  question: SensitivityReport['question'],
  cells: ReadonlyMap<string, string>,
): SensitivityReport {
  const cellOf = (invariant: string, release: string): Sensitivity => {
    const word = cells.get(`${invariant} ${release}`);
    const rung = question.ladder.find(({ id }) => id === word);
    const [search] = rung?.searches ?? [];
    const finding = { invariant, applied: 0, broken: 0, witnesses: [] };
    return rung === undefined || search === undefined
      ? { invariant, release, applied: 0, found: FOUND[word ?? ''] ?? 'unknown', breach: undefined }
      : { invariant, release, applied: 0, found: 'broken', breach: { rung, search, finding } };
  };
  return {
    question,
    cells: question.invariants.flatMap((invariant) =>
      question.releases.map((release) => cellOf(invariant, release)),
    ),
    transitions: 0,
    complete: true,
  };
}

const FOUND: Readonly<Record<string, Sensitivity['found']>> = { '.': 'holds', '-': 'untested' };
