import { releaseByRef } from '../../src/model/releases/variant.js';
import { cText } from '../../src/report/faces/c.js';
import type { BreachTrace } from '../../src/trace/trace.js';

/** Releases of which there are kernels to boot, oldest first. */
const BOOTABLE = ['v5.7', 'v6.1', 'v6.12', 'v6.16', 'v6.17', 'v6.18', 'v7.1', 'v7.2', 'v7.3'];

const isShown = (trace: BreachTrace): boolean =>
  cText(trace, releaseByRef).includes('#define CANNOT ""');

/** Counterexamples by the names of their reproducers, without those that no process can show. */
export const named = (traces: readonly BreachTrace[]): Map<string, BreachTrace> =>
  new Map(
    traces
      .filter(isShown)
      .map((trace, i) => [`${trace.release}-${trace.invariant}-${i}`, trace] as const),
  );

/** The programs, by the same names. */
export const sourcesOf = (claims: ReadonlyMap<string, BreachTrace>): Map<string, string> =>
  new Map([...claims].map(([name, claim]) => [name, cText(claim, releaseByRef)]));

/** Of each invariant one on the oldest release that breaks it, and one on the newest. */
export function chosenReproducers(traces: readonly BreachTrace[]): Map<string, BreachTrace> {
  const found = new Map<string, Map<string, BreachTrace>>();
  for (const trace of traces) {
    if (!BOOTABLE.includes(trace.release)) continue;
    const ofInvariant = found.get(trace.invariant) ?? new Map<string, BreachTrace>();
    found.set(trace.invariant, ofInvariant);
    if (!ofInvariant.has(trace.release) && isShown(trace)) ofInvariant.set(trace.release, trace);
  }
  const chosen = new Map<string, BreachTrace>();
  for (const [invariant, ofReleases] of found) {
    const on = BOOTABLE.filter((id) => ofReleases.has(id));
    for (const id of new Set([on[0], on.at(-1)])) {
      const trace = id === undefined ? undefined : ofReleases.get(id);
      if (trace !== undefined) chosen.set(`${id}-${invariant}`, trace);
    }
  }
  return chosen;
}
