import type { Invariant } from '../invariants/invariant.js';
import { coverage, type Release } from '../model/release.js';
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

function stepLines(step: Step, number: number, s: Style): string[] {
  const errnos =
    step.errnos === undefined || step.errnos.length === 0 ? '' : `  ${step.errnos.join(', ')}`;
  const when = step.when === undefined ? '' : `only ${step.when.map((g) => g.name).join('; ')}: `;
  const points = (step.mayFail ?? []).map(({ kernel, errno }) => `${kernel} ${errno}`);
  return [
    `${`${number}`.padStart(3)}  ${s.bold(step.name)}  ${s.dim(step.kernel)}${s.bad(errnos)}`,
    wrapped(when + step.does, '       '),
    ...(points.length === 0 ? [] : [s.dim(wrapped(`may fail: ${points.join('; ')}`, '       '))]),
  ];
}

/**
 * One release with the steps of its mremap(), in order.
 *
 * @param page the document that has more
 */
export function releaseText(release: Release, s: Style, page?: string): string {
  const steps = release.calls.mremap;
  return [
    releasesText([release], s),
    ...(page === undefined ? [] : [s.dim(`  page: ${page}`)]),
    '',
    ...steps.flatMap((step, i) => stepLines(step, i + 1, s)),
  ].join('\n');
}

export const invariantsText = (invariants: readonly Invariant[], { bold, dim }: Style): string =>
  invariants
    .map(({ id, statement, source }) =>
      [bold(id), wrapped(statement, '  '), dim(wrapped(source, '    '))].join('\n'),
    )
    .join('\n\n');
