import { fromEnumeration } from '../../src/checker/counterexample.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { limitEnomemUntouched } from '../../src/invariants/limit-enomem-untouched.js';
import { machine } from '../../src/model/plan.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { FORMATS, type FormatName } from '../../src/report/faces/formats.js';
import { traceOf } from '../../src/report/trace-of.js';
import type { Trace } from '../../src/trace/trace.js';
import { release } from '../support/releases.js';

/** The counterexample of README.md. */
function example(): Trace {
  const bounds = {
    pages: 5,
    classes: [{ kind: 'anon', prot: 'r', populated: false }],
    vmas: 5,
    identities: 1,
    displacements: [0],
    limits: [0, 3],
    mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' },
  } as const;
  const on = machine(release('v2.6.33'));
  const [finding] = enumeratePart(on, bounds, [limitEnomemUntouched]).findings;
  const found = finding && fromEnumeration(on, bounds, limitEnomemUntouched, finding);
  if (found === undefined) throw new Error('no counterexample');
  return traceOf(found);
}

/** Some lines of a long text, and how many are left out. */
function part(text: string, from: RegExp, lines: number): string {
  const all = text.trimEnd().split('\n');
  const start = all.findIndex((line) => from.test(line));
  const shown = all.slice(start, start + lines);
  return shown.length === all.length ? shown.join('\n') : `${shown.join('\n')}\n...`;
}

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

const TEXT = `# Traces in every format

A counterexample or a difference of two releases is kept as a *trace*:
everything that one needs to understand it and to repeat it. \`verify --json\`
contains traces, \`confirm\` replays them, and

    mremap-check verify --json > report.json
    mremap-check trace report.json                        what there is, numbered
    mremap-check trace report.json --number 1             one of them
    mremap-check trace report.json --number 1 --format c > repro.c
    mremap-check trace report.json --release v7.3 -o traces

writes them for other eyes. \`--invariant\` and \`--release\` choose too. With
\`-o\` each trace becomes a file for each format, or for the one that is given;
\`mremap-check verify --traces DIR\` does so for all that it finds.

What a format cannot say, it says so: a program that no process can make true
skips with the reason, and never leaves anything out in silence. \`c\` and
\`syzkaller\` run a trace of a [patch](patches.md) again, so its file has to be
there; one that is a module is run if \`--release\` names it as the trace does.

| format | for | cannot show |
| --- | --- | --- |
| \`terminal\` | an engineer | |
| \`mail\` | a maintainer | steps that only looked |
| \`json\` | programs | |
| \`itf\` | trace viewers | |
| \`c\` | a kernel | races, failures, differences, limits of the process, drivers' mappings, ramfs, userfaultfd |
| \`syzkaller\` | syz-execprog | the same; and the limit is set by hand |
| \`fast-check\` | whoever changes the model | races, failures, differences, patches |

The examples are the counterexample of the README, of one call and without a search: a
trace that a search found has its bounds too, *Found by a search of ...*. They are
written by a test:
\`UPDATE_DOCS=1 npx vitest run test/trace/document.test.ts\`.`;

const SECTIONS: readonly [FormatName, string, string, (text: string) => string][] = [
  [
    'terminal',
    `As wide as the terminal, or as \`COLUMNS\` says; windows that are wider are
folded. Pages and VMAs that changed are in colour (\`NO_COLOR\` is honoured).
Behind the strip comes a list of VMAs, \`-\` for those that went and \`+\` for
those that came; \`--changed\` leaves out the others. \`--verbose\` shows every
step with its kernel function, \`map_count\`, and whether the mmap lock is held.
[How to read a counterexample](reading-a-counterexample.md) explains the rest.
In a file it is as with \`--verbose\`:`,
    'text',
    (text) => text,
  ],
  ['mail', 'ASCII, 72 columns at most, ready to be pasted.', 'text', (text) => text],
  [
    'json',
    `\`schemas/trace.schema.json\` describes it (JSON Schema 2020-12); \`trace\` is its
version. \`kind\` is \`call\`, \`race\` or \`difference\`. Each step has its kernel
function, \`map_count\` before and after, the VMAs after it where they are others,
what it unmapped, mapped and moved, and whether the mmap lock is held. A
difference has the steps of both releases. The start of it:`,
    'json',
    (text) => part(text, /^\{/, 24),
  ],
  [
    'itf',
    `The Informal Trace Format of Apalache and Quint
([ADR 015](https://apalache-mc.org/docs/adr/015adr-trace.html)), for viewers such
as the ITF Trace Viewer of VS Code: a state before the first step, and one behind
each. \`who\` is the release or the thread. One state:`,
    'json',
    (text) => part(text, /"index": 1$/, 28).replace(/^/, '...\n'),
  ],
  [
    'c',
    `One file in the shape of a kernel selftest: TAP on stdout, exit code 0 for
passed, 1 for failed, 4 for skipped. It says "ok" on a kernel that keeps the
promise and "not ok" on one that breaks it, by a rule that the comment at its
top names:

- Of invariants that say what a refused call leaves: the call fails and the VMAs
  in \`/proc/self/maps\` are others than before (for some only with the errno of
  the trace).
- Of limits: \`map_count\` is above \`max_map_count\`, and higher than before.
- Of calls that should not be refused: the errno is that of the trace. If it hides
  another errno, the call is also made with map slots to spare, by a process of its
  own, and has to return there what it does on the release.
- Of counters: when all is unmapped again, VmSize, VmLck or Committed_AS is not what
  it was before the set-up. Which VMAs the kernel takes to be locked or accounted
  shows nowhere else. Committed_AS is of the whole machine; where it is off
  otherwise than on the release, this skips.
- Of all others: the kernel returns and leaves what the release does. A kernel
  that breaks the same promise otherwise says "ok" here; its own release has
  another trace.

It needs x86-64 and pages of 4 KiB, checks that nothing is mapped where it takes
place, that the set-up is possible, and that it leaves the VMAs of the trace;
else it skips with the reason. As root it sets \`vm.max_map_count\` around the
call and sets it back, also when a signal ends it. It first maps fillers, so
that the limit of the whole machine is never taken far below what it was. Else it
fills up to the limit and touches nothing. Huge pages are to scale: a page is then
half of a huge page, 1 MiB. [Reproducers on real kernels](reproducers.md) lists
what became of some. The part that is about this trace:`,
    'c',
    (text) => part(text, /^#define INVARIANT/, 33),
  ],
  [
    'syzkaller',
    `A program of syzkaller, in the grammar of its docs/program_syntax.md. A program
cannot count its own VMAs, so the limit is set by hand; a comment says to what.
Calls of a race are marked \`(async)\`.`,
    'text',
    (text) => text,
  ],
  [
    'fast-check',
    `A test for vitest and fast-check that asks the model by the package
(\`import { judge } from 'mremap-check'\`). The sequence found is tried first, then
calls and limits near it. It fails on the release of the trace, and is there to
pass on a patched one: \`MREMAP_CHECK_RELEASE=v5.1\`.`,
    'ts',
    (text) => text.trimEnd(),
  ],
];

export function tracesDocument(): string {
  const trace = example();
  const sections = SECTIONS.map(([name, words, language, shown]) =>
    [
      `## ${name}`,
      words,
      fenced(language, shown(FORMATS[name].text(trace, releaseByRef)).trimEnd()),
    ].join('\n\n'),
  );
  return `${[TEXT, ...sections].join('\n\n')}\n`;
}
