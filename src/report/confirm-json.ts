import type { Answer } from '../conformance/confirm.js';
import type { ConfirmReport } from './confirm-text.js';
import { VERSION } from './version.js';

/** What a kernel says of a counterexample, for programs. */
export const answerJson = (answer: Answer): object =>
  answer.state === 'impossible'
    ? answer
    : {
        state: answer.state,
        scenario: answer.scenario,
        fields: answer.parting?.fields ?? [],
        outcomes: { model: answer.model, kernel: answer.kernel },
      };

export const confirmJson = ({ kernel, confirmations }: ConfirmReport): object => ({
  version: VERSION,
  kernel: { name: kernel.name, version: kernel.version },
  counterexamples: confirmations.map(({ claim, release, answer }) => ({
    invariant: claim.invariant,
    release: release.id,
    ...answerJson(answer),
  })),
});
