import type { NotSurvived } from '../conformance/runner.js';
import { setupRows, writtenText } from './outcome-rows.js';
import { row } from './rows.js';
import type { Style } from './style.js';

const ALONE: Record<NotSurvived['alone'], string> = {
  died: ', again when it was run alone',
  survived: ', but did when it was run alone',
  'not run': '',
};

/** What it may have been instead. */
const orOneOf = (others: NotSurvived['others']): string =>
  others === undefined ? '' : ` or one of the ${others.length} that were run with it`;

/** A scenario in which a kernel came to an end, or a smaller one, and the last that the kernel said. */
export function notSurvivedText(one: NotSurvived, s: Style): string {
  const { alone, smallest } = one;
  const { scenario, lastWords } = smallest ?? one;
  const smaller = smallest === undefined ? '' : '; nor this smaller one';
  return [
    `  ${s.bold(s.bad(`the kernel did not survive ${one.scenario.id}${orOneOf(one.others)}${ALONE[alone]}${smaller}`))}`,
    ...setupRows(scenario),
    ...scenario.calls.flatMap((call) => row('call', writtenText(call))),
    '',
    ...lastWords.split('\n').map((line) => `  ${line}`),
  ].join('\n');
}
