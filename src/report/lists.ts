import type { Invariant } from '../invariants/invariant.js';
import { changesOf, compareSteps, type StepLine } from '../model/changes.js';
import { CALL_NAMES, coverage, type Release } from '../model/release.js';
import { stableOfRelease } from '../model/releases/index.js';
import type { Step } from '../model/step.js';
import type { Style } from './style.js';
import { wrapped } from './wrap.js';

const sourceLines = (release: Release): string[] =>
  release.sources.map(({ ref, says }) => wrapped(`${ref}: ${says}`, '    '));

/** What releases there are: what each changed, where that comes from, which kernels behave so. */
export const releasesText = (releases: readonly Release[], { bold, dim }: Style): string =>
  releases
    .map((release) =>
      [
        `${bold(release.id.padEnd(8))} ${coverage(release)}`,
        wrapped(release.changes, '  '),
        ...sourceLines(release).map(dim),
        ...(release.kernels.length === 0
          ? []
          : [`  kernels known to behave so: ${release.kernels.join(', ')}`]),
      ].join('\n'),
    )
    .join('\n\n');

/** Kernels that come from a release and are releases of their own, with what these stand for. */
function exceptionLines(release: Release): string[] {
  const stable = stableOfRelease(release).map((one) => `${one.id} (${coverage(one)})`);
  return stable.length === 0
    ? []
    : [wrapped(`releases of their own that come from it: ${stable.join(', ')}`, '  ')];
}

/** What stands before a step that an edit is about. */
const MARKS: Readonly<Record<StepLine['state'], string>> = {
  kept: ' ',
  changed: '~',
  inserted: '+',
  moved: '+',
  dropped: '-',
  gone: '-',
};

function stepLines(step: Step, number: number, mark: string, s: Style): string[] {
  const errnos =
    step.errnos === undefined || step.errnos.length === 0 ? '' : `  ${step.errnos.join(', ')}`;
  const when = step.when === undefined ? '' : `only ${step.when.map((g) => g.name).join('; ')}: `;
  const points = (step.mayFail ?? []).map(({ kernel, errno }) => `${kernel} ${errno}`);
  return [
    `${mark}${`${number}`.padStart(mark === '' ? 3 : 2)}  ${s.bold(step.name)}  ${s.dim(step.kernel)}${s.bad(errnos)}`,
    wrapped(when + step.does, '       '),
    ...(points.length === 0 ? [] : [s.dim(wrapped(`may fail: ${points.join('; ')}`, '       '))]),
  ];
}

/** The steps beside those of the release that it is an edit of: what is new has a number, what is gone has none. */
function editedLines(a: readonly Step[], b: readonly Step[], s: Style): string[] {
  let number = 0;
  return compareSteps(a, b).flatMap(({ state, step }) => {
    const mark = MARKS[state];
    if (mark === '-') return [s.bad(`${mark}    ${step.name}`)];
    number++;
    return stepLines(step, number, mark === ' ' ? mark : s.good(mark), s);
  });
}

/** The steps of mremap(), and those of other calls that are edited. */
const editedSteps = (base: Release, { calls }: Release, s: Style): string[] => [
  ...editedLines(base.calls.mremap, calls.mremap, s),
  ...CALL_NAMES.flatMap((call) =>
    call === 'mremap' || calls[call] === base.calls[call]
      ? []
      : ['', s.bold(`${call}:`), ...editedLines(base.calls[call], calls[call], s)],
  ),
];

/**
 * One release with the steps of its mremap(), in order; of an edited one, what the edits are, and the steps of
 * each call that they are of.
 *
 * @param page the document that has more of a release
 */
export function releaseText(release: Release, s: Style, page?: string): string {
  const { base, calls } = release;
  const head = [releasesText([release], s), ...exceptionLines(release)].join('\n');
  if (base === undefined) {
    const more = page === undefined ? [] : [s.dim(`  page: ${page}`)];
    return [
      head,
      ...more,
      '',
      ...calls.mremap.flatMap((step, i) => stepLines(step, i + 1, '', s)),
    ].join('\n');
  }
  // A step may stand in the list more than once.
  const edits = [...new Set(changesOf(release))];
  return [
    head,
    wrapped(
      edits.length === 0
        ? `no edits of ${base.id}`
        : `edits of ${base.id}: + new or here now, - gone or elsewhere, ~ changed`,
      '  ',
    ),
    ...edits.map((text) => wrapped(text, '      ').replace(/^ {6}/, '    * ')),
    '',
    ...editedSteps(base, release, s),
  ].join('\n');
}

export const invariantsText = (invariants: readonly Invariant[], { bold, dim }: Style): string =>
  invariants
    .map(({ id, statement, source }) =>
      [bold(id), wrapped(statement, '  '), dim(wrapped(source, '    '))].join('\n'),
    )
    .join('\n\n');
