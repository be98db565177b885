import { cText } from '../../src/report/faces/c.js';
import type { BreachTrace } from '../../src/trace/trace.js';

/** Releases of which there are kernels to boot, oldest first. */
const BOOTABLE = ['v5.7', 'v6.0', 'v6.12', 'v6.16', 'v6.17', 'v6.18', 'v7.1', 'v7.2', 'v7.3'];

const isShown = (source: string): boolean => source.includes('#define CANNOT ""');

/** Reproducers by their names: of each invariant one on the oldest release that breaks it, and one on the newest. */
export function chosenReproducers(traces: readonly BreachTrace[]): Map<string, string> {
  const found = new Map<string, Map<string, string>>();
  for (const trace of traces) {
    if (!BOOTABLE.includes(trace.release)) continue;
    const ofInvariant = found.get(trace.invariant) ?? new Map<string, string>();
    found.set(trace.invariant, ofInvariant);
    if (ofInvariant.has(trace.release)) continue;
    const source = cText(trace);
    if (isShown(source)) ofInvariant.set(trace.release, source);
  }
  const chosen = new Map<string, string>();
  for (const [invariant, sources] of found) {
    const on = BOOTABLE.filter((id) => sources.has(id));
    for (const id of new Set([on[0], on.at(-1)])) {
      const source = id === undefined ? undefined : sources.get(id);
      if (source !== undefined) chosen.set(`${id}-${invariant}`, source);
    }
  }
  return chosen;
}
