import type { Trace } from '../../trace/trace.js';

function aboutText(trace: Trace): string[] {
  if (trace.kind !== 'difference') {
    return [
      `Release ${trace.release} breaks ${trace.invariant}: ${trace.statement}`,
      `Why: ${trace.explanation}.`,
    ];
  }
  const [one, other] = trace.outcomes;
  const made =
    one.result === other.result
      ? `both return ${one.result}, and differ in what they leave`
      : `${one.result} and ${other.result}`;
  return [`${one.release} and ${other.release} make different things of one call: ${made}.`];
}

/** What a trace is about, in a few sentences. */
export const repeatText = (trace: Trace): string =>
  [
    ...aboutText(trace),
    ...(trace.bounds === null ? [] : [`Found by a search of ${trace.bounds}.`]),
  ].join('\n');
