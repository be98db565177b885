import { invariants } from '../../invariants/index.js';
import { CALL_NAMES, coverage, type Release } from '../../model/release.js';
import { namedAsIn } from '../../model/releases/functions.js';
import { stableOfRelease } from '../../model/releases/index.js';
import type { Step } from '../../model/step.js';
import type { Cell } from '../../report/matrix.js';
import type { Spec } from '../../specs/spec.js';
import { invariantPath } from './invariant-page.js';
import { callerOf, fileOf } from './kernel-files.js';
import { capital, code, item, link, page, paragraph, sentence, table } from './markdown.js';
import { type Ending, type Endings, WINDOWS_TEXT } from './modified.js';
import { diagramPath, differencePath } from './paths.js';
import { type StepChange, stepChanges } from './step-diff.js';
import { expectedOf, verdictOn } from './verdicts.js';

/** A release with what has been found of it, and its neighbours. */
export interface ReleaseFacts {
  readonly release: Release;
  readonly endings: Endings;
  readonly before: Release | undefined;
  readonly after: Release | undefined;
  readonly specs: readonly Spec[];
}

/** `mremap_to` → `do_vmi_munmap` in mm/vma.c. */
function functionText(release: Release, step: Step): string {
  const caller = callerOf(release, step);
  const file = fileOf(release, step);
  return (
    (caller === undefined ? '' : `${code(caller)} → `) +
    code(step.kernel) +
    (file === undefined ? '' : ` in ${file}`)
  );
}

const guardText = ({ when = [] }: Step): string =>
  [...new Set(when.map(({ name }) => name))].join('; ');

const changedText = ({ untouched, changed }: Ending): string => {
  if (changed.length === 0) return 'nothing';
  return `${untouched ? 'nothing, or ' : ''}${changed.join(', ')}`;
};

const refusals = (endings: readonly Ending[]): readonly Ending[] =>
  endings.filter(({ failed }) => failed === undefined);

/** What a step ends calls with and what has changed by then; declared errnos that no call was found to end with too. */
function endingLines(step: Step, endings: readonly Ending[]): string[] {
  const found = refusals(endings);
  const never = (step.errnos ?? []).filter((errno) => !found.some((one) => one.errno === errno));
  return [
    ...found.map((one) => `**${one.errno}**; changed by then: ${changedText(one)}`),
    ...never.map((errno) => `**${errno}**; no call of the search ended so`),
    ...(step.mayFail ?? []).map(({ kernel, errno }) => {
      const one = endings.find(({ failed }) => failed === kernel);
      const then = one === undefined ? '' : `; changed by then: ${changedText(one)}`;
      return `may fail: ${code(kernel)} with ${errno}${then}`;
    }),
    // Where a failure is told of by another step than the one it happens in.
    ...(step.mayFail === undefined
      ? endings.flatMap((one) =>
          one.failed === undefined
            ? []
            : [
                `**${one.errno}**, after ${code(one.failed)} has failed; changed: ${changedText(one)}`,
              ],
        )
      : []),
  ];
}

function stepBlock(facts: ReleaseFacts, step: Step, number: number): string {
  const { release, endings } = facts;
  const when = guardText(step);
  const lines = [
    functionText(release, step),
    ...(when === '' ? [] : [`only: ${when}`]),
    ...(step.repeatFrom === undefined ? [] : [`goes back to **${step.repeatFrom}**`]),
    ...endingLines(step, endings.get(step) ?? []),
  ];
  return [
    `### ${number}. ${step.name}`,
    '',
    paragraph(sentence(step.does)),
    '',
    ...lines.map((line) => item(line)),
  ].join('\n');
}

const LOCK_HEADING = '## Under the mmap lock, held for writing';

function stepBlocks(facts: ReleaseFacts): string[] {
  const steps = facts.release.calls.mremap;
  const lock = steps.findIndex(({ takesLock }) => takesLock);
  return steps.flatMap((step, i) => [
    ...(i === 0 && lock > 0 ? ['## Without the lock'] : []),
    ...(i === Math.max(lock, 0) ? [LOCK_HEADING] : []),
    stepBlock(facts, step, i + 1),
  ]);
}

/** The steps at which a call fails with something changed: what a caller has to reckon with. */
function changedTable({ release, endings }: ReleaseFacts): string[] {
  const rows = release.calls.mremap.flatMap((step, i) =>
    (endings.get(step) ?? [])
      .filter(({ changed }) => changed.length > 0)
      .map((one) => [
        `${i + 1}. ${step.name}`,
        one.errno,
        one.failed === undefined ? '' : code(one.failed),
        changedText(one),
      ]),
  );
  const intro = paragraph(
    'These steps may end a call with something changed; all others leave everything as it was. ' +
      `Found by running them: ${WINDOWS_TEXT}. More pages may show more.`,
  );
  return [
    '## What is changed when a call fails',
    intro,
    table(['step', 'errno', 'failing', 'changed by then'], rows),
  ];
}

const stepLine = (release: Release, step: Step): string => {
  const errnos = step.errnos === undefined ? '' : `, ${step.errnos.join(', ')}`;
  return item(
    `**${step.name}** (${code(step.kernel)} in ${fileOf(release, step)}${errnos}): ${step.does}`,
  );
};

const otherCalls = ({ calls, ...release }: Release): string[] => [
  '## The other calls',
  ...CALL_NAMES.filter((call) => call !== 'mremap').flatMap((call) => [
    `### ${CALL_TITLES[call] ?? `${call}()`}`,
    calls[call].map((step) => stepLine({ ...release, calls }, step)).join('\n'),
  ]),
];

const CALL_TITLES: Readonly<Record<string, string>> = {
  mmap: 'mmap(MAP_FIXED)',
  touch: 'A write fault',
  uffd: 'UFFDIO_REGISTER',
};

function changeLine(change: StepChange): string | undefined {
  const { kind, step } = change;
  const when = guardText(step);
  const named = `**${step.name}**${when === '' ? '' : ` (${when})`}`;
  if (kind === 'same') return undefined;
  if (kind === 'changed') return item(`${named} ${change.what.join('; ')}`, '-');
  const sign = kind === 'added' ? 'new' : 'gone';
  if (change.kind === 'added' && change.moved) {
    return item([`${named} has moved here`, ...change.what].join('; '));
  }
  if (change.moved) return item(`${named} has moved from here`);
  return item(`${named} is ${sign}: ${step.does}`);
}

function differences(before: Release, release: Release): string[] {
  return CALL_NAMES.flatMap((call) => {
    const lines = stepChanges(before.calls[call], release.calls[call]).flatMap(
      (change) => changeLine(change) ?? [],
    );
    return lines.length === 0 ? [] : [`### ${CALL_TITLES[call] ?? `${call}()`}`, lines.join('\n')];
  });
}

function sinceBefore({ release, before }: ReleaseFacts): string[] {
  if (before === undefined) return [];
  const found = differences(before, release);
  return [
    `## Steps that differ from ${before.id}`,
    ...(found.length === 0
      ? ['None: what differs is in what the steps do with pages, charges and merges.']
      : found),
    paragraph(
      `What callers notice of it: ${code(`mremap-check diff ${before.id} ${release.id}`)}, and for small windows ${link('diffs.md', '../../diffs.md')}.`,
    ),
    `![Steps of ${before.id} and ${release.id}](../${differencePath(before, release)})`,
  ];
}

const neighbour = (word: string, release: Release | undefined): string[] =>
  release === undefined ? [] : [`${word} ${link(release.id, `${release.id}.md`)}.`];

const PROMISES: readonly (readonly [cell: Cell, heading: string])[] = [
  ['fails', 'Broken'],
  ['holds', 'Kept'],
  ['untested', 'Without a case'],
];

/** What the specs say that the release keeps and breaks. */
function promises({ release, specs }: ReleaseFacts): string[] {
  const cells = invariants.map((one) => ({
    link: link(one.id, `../${invariantPath(one)}`),
    cell: verdictOn(expectedOf(specs, one.id), release.id),
  }));
  if (cells.every(({ cell }) => cell === undefined)) return [];
  const lists = PROMISES.flatMap(([wanted, heading]) => {
    const here = cells.filter(({ cell }) => cell === wanted);
    return here.length === 0
      ? []
      : [item(`${heading}: ${here.map(({ link: to }) => to).join(', ')}.`)];
  });
  return [
    '## Promises',
    paragraph(
      'As the specs expect, and a run of them finds; the bounds are on the pages of the questions.',
    ),
    lists.join('\n'),
  ];
}

/** Stable kernels that come from a release and do not behave so. */
function exceptions(release: Release): string {
  const stable = stableOfRelease(release).map(
    (one) => `${link(one.id, `${one.id}.md`)} (${coverage(one)})`,
  );
  return stable.length === 0
    ? ''
    : paragraph(
        `Kernels that come from it and do not behave so are releases of their own: ${stable.join(', ')}.`,
      );
}

function names(release: Release): string {
  const kernel = namedAsIn(release);
  return kernel === undefined
    ? ''
    : paragraph(`Kernel functions have the names, and are in the files, of ${kernel}.`);
}

/** The page of one release. */
export function releasePage(facts: ReleaseFacts): string {
  const { release, before, after } = facts;
  const { id, changes, sources, kernels } = release;
  return page(
    `# mremap() in Linux ${coverage(release)}`,
    [
      `Release ${code(id)} of the model.`,
      ...neighbour(release.base === undefined ? 'The one before:' : 'It comes from', before),
      ...neighbour('The one after:', after),
      `${link('All releases', '../README.md#releases')}.`,
    ].join(' '),
    paragraph(sentence(capital(changes))),
    sources.map(({ ref, says }) => item(`${code(ref)}: ${says}`)).join('\n'),
    kernels.length === 0
      ? ''
      : paragraph(`Kernels that were found to behave so: ${kernels.join(', ')}.`),
    exceptions(release),
    names(release),
    paragraph(
      `${code(`mremap-check releases ${id}`)} prints these steps. ` +
        `${link('The glossary', '../glossary.md')} explains the words.`,
    ),
    `![The steps of mremap() in ${id}](../${diagramPath(release)})`,
    changedTable(facts),
    stepBlocks(facts),
    otherCalls(release),
    promises(facts),
    sinceBefore(facts),
  );
}
