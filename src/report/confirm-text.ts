import type { Answer, Confirmation } from '../conformance/confirm.js';
import type { Kernel } from '../conformance/kernel.js';
import { kernelText } from './conform-text.js';
import { notSurvivedText } from './not-survived.js';
import { type Style, style } from './style.js';
import { twoOutcomesText } from './two-outcomes.js';
import { wrapped } from './wrap.js';

/** What became of some counterexamples. */
export interface ConfirmReport {
  readonly kernel: Pick<Kernel, 'name' | 'version'>;
  readonly confirmations: readonly Confirmation[];
}

const WORDS: Record<Answer['state'], string> = {
  confirmed: 'confirmed',
  refuted: 'not confirmed',
  impossible: 'not to be confirmed',
};

/** What an answer is about, and what it shows, below the heading. */
function body({ answer }: Confirmation): string {
  if (answer.state === 'impossible') {
    return wrapped(`it cannot be told: ${answer.reason}`, '  ');
  }
  return 'notSurvived' in answer
    ? notSurvivedText(answer.notSurvived, style(false))
    : twoOutcomesText(answer);
}

/** Confirmations with the same text are one: a call often breaks several invariants, or on several releases. */
function grouped(confirmations: readonly Confirmation[]): Map<string, Confirmation[]> {
  const groups = new Map<string, Confirmation[]>();
  for (const one of confirmations) {
    const key = `${one.answer.state}\n${body(one)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

function groupText(group: readonly Confirmation[], s: Style): string {
  const [first] = group as readonly [Confirmation, ...Confirmation[]];
  const paint = { confirmed: s.good, refuted: s.bad, impossible: s.dim }[first.answer.state];
  const unique = (names: readonly string[]): string => [...new Set(names)].join(', ');
  const broken = unique(group.map(({ claim }) => claim.invariant));
  const head = `${broken} on ${unique(group.map(({ release }) => release.id))}`;
  return [wrapped(`${s.bold(head)}: ${paint(WORDS[first.answer.state])}`, '  '), body(first)].join(
    '\n',
  );
}

/** How many of each. */
function answersText(confirmations: readonly Confirmation[]): string {
  const count = (state: Answer['state']): number =>
    confirmations.filter(({ answer }) => answer.state === state).length;
  const parts = (['confirmed', 'refuted', 'impossible'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${WORDS[state]}`);
  return parts.join(', ');
}

/** Each counterexample with what its release and the kernel make of it, and how many were confirmed as the last line. */
export function confirmText({ kernel, confirmations }: ConfirmReport, s: Style): string {
  const refuted = confirmations.some(({ answer }) => answer.state === 'refuted');
  const verdict = `${kernelText(kernel)}: ${answersText(confirmations)}`;
  return [
    ...[...grouped(confirmations).values()].map((group) => groupText(group, s)),
    refuted ? s.bad(verdict) : s.good(verdict),
  ].join('\n\n');
}
