import type { Trace } from '../../trace/trace.js';

/** What a trace is about, in a few sentences. */
export function repeatText(trace: Trace): string {
  if (trace.kind === 'difference') {
    const [one, other] = trace.outcomes;
    return `${one.release} and ${other.release} make different things of one call: ${one.result} and ${other.result}.`;
  }
  return [
    `Release ${trace.release} breaks ${trace.invariant}: ${trace.statement}`,
    `Why: ${trace.explanation}.`,
    ...(trace.bounds === null ? [] : [`Found by a search of ${trace.bounds}.`]),
  ].join('\n');
}
