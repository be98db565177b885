import type { Answer } from '../conformance/confirm.js';
import type { Kernel } from '../conformance/kernel.js';
import type { Verdict } from '../verify/verdicts.js';
import { kernelText } from './conform-text.js';

/** What a kernel says of the violations found on the release that it behaves as. */
export interface ConfirmedVerdicts {
  readonly kernel: Pick<Kernel, 'name' | 'version'>;
  readonly release: string;
  readonly answers: ReadonlyMap<Verdict, Answer>;
}

/** Violations that the kernel does not show: no more as expected than what the search did not find. */
export const refutedIn = (confirmed: ConfirmedVerdicts | undefined): ReadonlySet<Verdict> =>
  new Set(
    [...(confirmed?.answers ?? [])].flatMap(([verdict, { state }]) =>
      state === 'refuted' ? [verdict] : [],
    ),
  );

/** Behind a violation. */
export function answerText({ kernel, release }: ConfirmedVerdicts, answer: Answer): string {
  if (answer.state === 'impossible') {
    return `${release}: not to be confirmed on ${kernelText(kernel)}: ${answer.reason}`;
  }
  const not = answer.state === 'confirmed' ? '' : 'not ';
  const end = 'notSurvived' in answer ? ', which did not survive it' : '';
  return `${release}: ${not}confirmed on ${kernelText(kernel)}${end}`;
}

/** In a cell of the matrix; one that the kernel does not bear out outweighs those that it does. */
export const MARKS: Record<Answer['state'], string> = {
  refuted: '~',
  confirmed: '*',
  impossible: '',
};

/** What the marks mean, if there are any. */
export const marksText = ({ kernel, release, answers }: ConfirmedVerdicts): string =>
  answers.size === 0
    ? `no violation of ${release} was found to be replayed on ${kernelText(kernel)}`
    : `* on ${release}: confirmed on ${kernelText(kernel)}; ~ not confirmed`;
