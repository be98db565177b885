import { headroomMatrix } from '../../src/report/headroom-text.js';
import { style } from '../../src/report/style.js';
import { synthesisTables } from '../../src/report/synthesis-text.js';
import type { HeadroomReport } from '../../src/verify/headroom.js';
import type { SynthesisReport } from '../../src/verify/synthesis.js';

const INTRODUCTION = `# Headroom: what each call needs, and what it is asked for

Headroom is \`max_map_count\` less \`map_count\` when a call begins. For every
shape of call the first table has two numbers of each release, found by making
every call in every address space of windows of 3 to 6 pages.

The first is what the calls *need*: the most that \`map_count\` is higher in the
end than it was at the start. With less, some call of the shape would end above
the limit. The second is what the release *asks for*: the least headroom with
which no check of \`map_count\` makes a difference to any call of the shape. Where
the second is greater, calls are refused that would have ended within the limit;
where it is smaller, calls are let through that end above it. \`mmap()\` does so on
purpose, since it may merge. No figure is below 0: 0 is also asked where a call is
refused above the limit alone, as \`mmap()\` of free pages is, and where none ever is,
as \`munmap()\` of the end of a VMA, or of all of it, is not.

The \`map_count\` of a process is the number of lines of its \`/proc/PID/maps\`, but for
\`[vsyscall]\`, which is no VMA of its own.

Only calls count that succeed where no limit is in the way. \`-\`: no call of this
shape succeeds on the release. VMAs are of written anonymous memory of two
\`anon_vma\`s, some of them locked: what is moved does not merge with what was beside
it, since its page offset stays; locked memory does not merge with other memory; and
where a call makes two neighbours alike, those of two \`anon_vma\`s stay apart. That is
what takes the most map slots.

A column is of Linus's tree, from that release up to the next. Stable kernels with
fixes of their own may have other figures: \`mremap-check headroom --release 6.12.117\`
has those of one.

\`mremap-check headroom --release v7.1 --verbose\` draws a smallest call for each
number of a release. This file is written by a test, and a column of it compared
in each run: \`UPDATE_DOCS=1 npx vitest run test/headroom\`.
`;

const NOTES = `## Where the figures stop

Those of a single VMA are the same from 6 pages on: windows of 7 have been
searched on v7.3 with no change. A move takes at most one slot for the copy, one
for a source in the middle of its VMA, one for a destination in the middle of
another, and one for a tail that is cut off in the middle; the largest of these
calls takes six pages of one VMA.

Those of several VMAs still grow: the check at the start of the call does not count
them. On 7.3 a move of n VMAs, four or more, needs and asks for (7.3.4 does the same)

| move | needs | asks for |
| --- | --- | --- |
| without gaps in the source | as one VMA | as one VMA |
| with gaps, each opposite something mapped: a hole for each VMA | n | n + 2 |
| DONTUNMAP without gaps: a copy of each VMA, one hole | n + 1 | n + 2 |
| DONTUNMAP with such gaps: a copy and a hole for each VMA | 2n | 2n + 1 |

and with less than it asks for it stops half way.

## On the way

The most that \`map_count\` is higher under the lock. A source or a range is split
before anything of it is removed, and no check counts that.
`;

const SYNTHESIS = `## The weakest checks

\`mremap-check synthesize\` looks for the weakest condition with which a check still
keeps its promises: the same for every call, by the shape of the call, and by the
facts that it can see under the lock. For each case it runs every call with the
check letting all of them pass, and takes the least need that would have refused
those that then break a promise. Then the release is searched with the condition
in place of the check's own. \`none\`: nothing has to be asked for. \`refused\` counts
the calls that any check of the release refuses for want of map slots, each in one
address space under one limit; \`needlessly\` those of them that would have ended
within the limit without the check that refused them. Where the next check asks for
too much as well, that is not counted: releases with other checks do not compare.

What the checks are to keep: \`limit-held\`, \`pages-preserved\` and
\`success-effect\`, as far as a limit can break them; the early check also
\`precheck-enomem-untouched\`, and \`limit-enomem-untouched\` for calls that have come
to no second VMA: of the others it could promise that only by counting the VMAs.
Of those that a check breaks as it is, only what no condition of it keeps is left
out, and named.

A release that stands for others has its own name here: v6.18 is 6.18.8 to 7.0.
`;

/** What the weakest checks say to a reader. */
const READINGS = `## What that says

- The move check of 7.0 needs 2 map slots, not 4: one for the copy, one for a
  source in the middle of its VMA. And it needs them only for a growing move: for
  all others the early check has seen to more.
- The early check of 7.1 has to ask for 4 as long as it asks the same of every
  call, since the move check asks for 2 after the destination and the tail have
  taken 1 each. By the shape of the call, 3 are enough but for a shrinking move,
  and whatever has no fixed address needs nothing: no-op, growing and shrinking in
  place, growing by a move, DONTUNMAP alone. What refuses them later does so with
  nothing changed. With a look at the address space, a fixed address needs 2, 3 if
  the destination is in the middle of a VMA or the source is of several, and 4 only
  where both destination and tail are in the middle of one.
- The early check of 7.2.11 asks for 5 with DONTUNMAP. 4 are enough, also in windows
  of 6 pages, and only for a locked source with a fixed address: 1 for the
  destination and 3 for the move.
- The move check of 7.1 has nothing left to ask for in a move of one VMA: of the 4
  of the early check, destination and tail leave 2. It is there for the further
  VMAs of a move, and for a limit that is lowered meanwhile.
`;

const s = style(false);

/** Text as it is. */
const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

/** docs/headroom.md as it has to be. */
export const headroomDocument = (
  reports: readonly HeadroomReport[],
  syntheses: readonly SynthesisReport[],
): string =>
  [
    INTRODUCTION,
    '## Needed and asked for',
    '',
    fenced(headroomMatrix(reports, ({ needs, asks }) => `${needs}/${asks.value}`, s)),
    '',
    NOTES,
    fenced(headroomMatrix(reports, ({ peak }) => `+${peak.value}`, s)),
    '',
    SYNTHESIS,
    ...syntheses.map(
      (report) =>
        `### ${report.question.check} of ${report.question.release}\n\n${fenced(synthesisTables(report, s))}\n`,
    ),
    READINGS,
  ].join('\n');

/** What the first tables of a document say of a release, by shape. */
export function columnOf(document: string, release: string): Map<string, string> {
  const column = new Map<string, string>();
  let at = -1;
  const tables = document.slice(document.indexOf('```text'), document.indexOf('## Where'));
  for (const line of tables.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (/^\d+\.\d+/.test(words[0] ?? '')) {
      const found = words.indexOf(release.slice(1));
      at = found < 0 ? 0 : found - words.length;
    } else if (at < 0 && line.trim() !== '') {
      const cell = words.at(at);
      const [label] = /^.*?(?= +(?:\d+\/\d+|-)(?: |$))/.exec(line) ?? [];
      if (label !== undefined && cell !== undefined) column.set(label.trim(), cell);
    } else at = 0;
  }
  return column;
}
