import type { Answer } from '../conformance/confirm.js';
import type { ConfirmReport } from './confirm-text.js';
import { VERSION } from './version.js';

/** What a kernel says of a counterexample, for programs. */
export function answerJson(answer: Answer): object {
  if (answer.state === 'impossible') return answer;
  if ('notSurvived' in answer) {
    const { scenario, alone, lastWords } = answer.notSurvived;
    const reason = `the kernel did not survive it: ${lastWords}`;
    return { state: answer.state, reason, scenario, alone };
  }
  const { state, scenario, parting, model, kernel } = answer;
  return { state, scenario, fields: parting?.fields ?? [], outcomes: { model, kernel } };
}

export const confirmJson = ({ kernel, confirmations }: ConfirmReport): object => ({
  version: VERSION,
  kernel: { name: kernel.name, version: kernel.version },
  counterexamples: confirmations.map(({ claim, release, answer }) => ({
    invariant: claim.invariant,
    release: release.id,
    ...answerJson(answer),
  })),
});
