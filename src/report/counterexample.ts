import type { Counterexample } from '../checker/counterexample.js';
import type { RaceCounterexample } from '../checker/race-counterexample.js';
import type { MicroStep } from '../model/run.js';
import { NO_RESOURCE_LIMITS, type ResourceLimits } from '../model/state.js';
import { matters, microText } from './micro-rows.js';
import { raceBody } from './race.js';
import { beforeAfterRows, exactly, gauge, historyRows, roles, row, WIDTH } from './rows.js';
import type { Style } from './style.js';
import { callText, RESOURCE_NAMES, resultText } from './words.js';
import { wrapped } from './wrap.js';

/** What was made to fail, and the limits beside max_map_count. */
function failureRows({ outcome, within }: Counterexample): string[] {
  const failures = outcome.failures.map(
    ({ step, point }) => `${point.kernel} fails with ${point.errno} in ${step.name}`,
  );
  const limits = Object.entries(NO_RESOURCE_LIMITS).flatMap(([name, unlimited]) => {
    const pages = within[name as keyof ResourceLimits];
    return pages === unlimited ? [] : [`${RESOURCE_NAMES[name as keyof ResourceLimits]} ${pages}`];
  });
  return [
    ...(limits.length === 0 ? [] : row('limits', `${limits.join(', ')} (pages)`)),
    ...(failures.length === 0 ? [] : row('failing', failures.join('; '))),
  ];
}

function stripRows(counterexample: Counterexample): string[] {
  const { before, call, outcome, pages, limit } = counterexample;
  const gauges = [gauge(before, limit), gauge(outcome.vmas, limit, outcome.mapCount)] as const;
  return beforeAfterRows([before, outcome.vmas], gauges, pages, roles(call, outcome.result, pages));
}

const microRow = (micro: MicroStep): string =>
  `${micro.step.name.padEnd(31)} map_count ${microText(micro)}`;

function microRows({ micro, outcome }: Counterexample): string[] {
  const shown = micro.filter(matters);
  const rows = shown.map((one, i) => exactly(i === 0 ? 'steps' : '', microRow(one)));
  return outcome.result < 0
    ? [...rows, ...row('refused', `by ${outcome.step.name}, which ${outcome.step.does}`)]
    : rows;
}

/** The text below the heading, the same for releases that behave alike. */
function body(counterexample: Counterexample | RaceCounterexample): string {
  if ('moments' in counterexample) return raceBody(counterexample);
  const { explanation, call, outcome, history, limit, limitedFromStart } = counterexample;
  return [
    ...row('why', explanation),
    ...historyRows(history, limit, limitedFromStart),
    ...row('call', `${callText(call)} = ${resultText(outcome.result)}`),
    ...failureRows(counterexample),
    '',
    ...stripRows(counterexample),
    '',
    ...microRows(counterexample),
  ].join('\n');
}

/**
 * Counterexamples as text, at most 72 columns wide for windows of up to 20 pages: what is broken, the
 * calls, the address space before and after, what changed, and the steps that changed it. One that
 * breaks several invariants, or on several releases, is drawn once.
 */
export function counterexampleTexts(
  counterexamples: readonly (Counterexample | RaceCounterexample)[],
  { bold, bad }: Style,
): string[] {
  const drawn = new Map<string, (Counterexample | RaceCounterexample)[]>();
  for (const counterexample of counterexamples) {
    const text = body(counterexample);
    drawn.set(text, [...(drawn.get(text) ?? []), counterexample]);
  }
  return [...drawn.entries()].map(([text, alike]) => {
    const broken = unique(alike.map(({ invariant }) => invariant));
    const releases = unique(alike.map(({ release }) => release));
    const head = `${broken.join(' and ')} broken on ${releases.join(', ')}`;
    return `${bold(bad(wrapped(head, '  ', WIDTH)))}\n${text}`;
  });
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
