import { FIELDS } from '../conformance/compare.js';
import {
  agrees,
  type Conformance,
  type DisagreementClass,
  MOST_SHRUNK,
} from '../conformance/conform.js';
import { kindOf } from '../conformance/disagreement.js';
import type { Kernel } from '../conformance/kernel.js';
import type { Work } from '../conformance/work.js';
import { notSurvivedText } from './not-survived.js';
import { saidText } from './outcome-rows.js';
import type { Style } from './style.js';
import { twoOutcomesText } from './two-outcomes.js';
import { grouped, plural } from './words.js';
import { wrapped } from './wrap.js';

/** A comparison with all that it takes to repeat it. */
export interface ConformReport {
  readonly kernel: Pick<Kernel, 'name' | 'version'>;
  readonly release: string;
  readonly work: Work;
  readonly found: Conformance;
}

/** Which scenarios, in words that can be repeated. */
export function workText(work: Work): string {
  if (work.kind === 'file') return `scenarios of ${work.file}`;
  return work.kind === 'random'
    ? `${plural(work.count, 'random scenario')}, seed ${work.seed}`
    : `every mremap() in ${plural(work.pages, 'page')}`;
}

/** A kernel as it was named, with its version where that says more. */
export const kernelText = ({ name, version }: Pick<Kernel, 'name' | 'version'>): string =>
  name.endsWith(version) ? name : `${name} (${version})`;

/** A part of a whole in percent, rounded down: not all is never 100. */
const percent = (part: number, whole: number): string =>
  part === whole ? '100' : (Math.floor((1000 * part) / whole) / 10).toFixed(1);

function fieldLines({ tallies }: Conformance, s: Style): string[] {
  const head = `  ${'field'.padEnd(15)}${'compared'.padStart(11)}${'agree %'.padStart(9)}${'hidden'.padStart(11)}`;
  const rows = FIELDS.map((field) => {
    const { compared, equal, hidden } = tallies[field];
    const agreeing = compared === 0 ? '-' : percent(equal, compared);
    const paint = compared === 0 ? s.dim : equal === compared ? s.good : s.bad;
    const cells = [
      field.padEnd(15),
      grouped(compared).padStart(11),
      paint(agreeing.padStart(9)),
      (hidden === 0 ? '' : grouped(hidden)).padStart(11),
    ];
    return `  ${cells.join('')}`.trimEnd();
  });
  return [s.dim(head), ...rows];
}

/** The scenarios that say nothing. */
function leftOutLines(found: Conformance): string[] {
  const { notSetUp, notByKernel, notByModel, notSurvived, beyondModel } = found;
  const besides = notSurvived.flatMap(({ others = [] }) => others).length;
  const lines = [
    ...(notSetUp === 0 ? [] : [`${plural(notSetUp, 'scenario')} could be set up by neither`]),
    ...[...notByKernel].map(
      ([reason, count]) =>
        `${plural(count, 'scenario')} could not be set up by the kernel: ${reason}`,
    ),
    ...(notByModel.length === 0
      ? []
      : [
          `${plural(notByModel.length, 'scenario')} could be set up by the kernel and not by the model, ${notByModel[0]} first`,
        ]),
    ...(besides === 0
      ? []
      : [`${plural(besides, 'scenario')} left out with one that the kernel did not survive`]),
    ...(beyondModel === 0
      ? []
      : [`${plural(beyondModel, 'scenario')} left out, beyond what the model can hold`]),
  ];
  return lines.map((line) => wrapped(line, '  '));
}

function classText({ count, witness, isShrunk }: DisagreementClass, s: Style): string {
  const { shape, model, kernel } = kindOf(witness);
  const results =
    shape === 'set-up' ? '' : `: model ${saidText(model)}, kernel ${saidText(kernel)}`;
  const note = isShrunk ? '' : ', not shrunk';
  const fields = `differs in ${witness.parting.fields.join(', ')} (${plural(count, 'scenario')}${note})`;
  return [
    `  ${s.bold(s.bad(`${shape}${results}`))}`,
    wrapped(fields, '  '),
    twoOutcomesText(witness),
  ].join('\n');
}

/** Why some are not shrunk; after an interruption that is plain. */
const restLines = ({ classes, complete }: Conformance): string[] =>
  complete && classes.some(({ isShrunk }) => !isShrunk)
    ? [`only the ${MOST_SHRUNK} most frequent classes are shrunk`]
    : [];

function verdict({ kernel, release, found }: ConformReport, s: Style): string {
  const { classes, notSurvived, compared, complete, failure } = found;
  const disagreeing = classes.reduce((sum, { count }) => sum + count, 0);
  if (!agrees(found)) {
    const inClasses = `in ${plural(classes.length, 'class', 'classes')}`;
    const survives =
      notSurvived.length === 0
        ? ''
        : `, and ${plural(notSurvived.length, 'scenario')} that it did not survive`;
    return s.bad(
      `${kernel.version} does not behave as ${release}: ${plural(disagreeing, 'disagreement')} ${inClasses}${survives}`,
    );
  }
  if (failure !== undefined) return s.bad(`not finished; ${failure}`);
  if (compared === 0) return s.mark('nothing was compared');
  const agreement = `${kernel.version} agrees with ${release} on ${plural(compared, 'scenario')}`;
  return complete ? s.good(agreement) : s.mark(`not finished; ${agreement}`);
}

/** Agreement by field, the smallest disagreement of each class drawn, and the verdict as the last line. */
export function conformText(report: ConformReport, s: Style): string {
  const { kernel, release, work, found } = report;
  return [
    [
      s.bold(`${kernelText(kernel)} and ${release}: ${workText(work)}`),
      `  ${plural(found.compared, 'scenario')} compared${found.complete ? '' : ' (not finished)'}`,
      ...leftOutLines(found),
    ].join('\n'),
    fieldLines(found, s).join('\n'),
    ...found.classes.map((one) => classText(one, s)),
    ...restLines(found),
    ...found.notSurvived.map((one) => notSurvivedText(one, s)),
    ...(found.failure === undefined || agrees(found) ? [] : [`not finished; ${found.failure}`]),
    verdict(report, s),
  ].join('\n\n');
}
