import type { EnumerateBounds } from '../../checker/bounds.js';
import { fromEnumeration } from '../../checker/counterexample.js';
import { enumeratePart } from '../../checker/enumerate.js';
import type { Invariant } from '../../invariants/invariant.js';
import { machine } from '../../model/plan.js';
import { releaseById } from '../../model/releases/index.js';
import { counterexampleTexts } from '../../report/faces/terminal.js';
import { style } from '../../report/style.js';
import { traceOf } from '../../report/trace-of.js';

/** Beyond these a document would take minutes to make. */
const PAGES = 4;
const VMAS = 2;
const CLASSES = 4;

/** The same search in fewer pages: what breaks there is smaller than what breaks only in more. */
const fewer = (bounds: EnumerateBounds): EnumerateBounds => ({
  ...bounds,
  pages: Math.min(bounds.pages, PAGES),
  vmas: Math.min(bounds.vmas, VMAS),
  classes: bounds.classes.slice(0, CLASSES),
});

/** A smallest counterexample as `verify` draws it; undefined if none is as small as a document can look for. */
export function smallestDrawn(
  release: string,
  bounds: EnumerateBounds,
  invariant: Invariant,
): string | undefined {
  const found = releaseById(release);
  if (found === undefined) return undefined;
  const on = machine(found);
  const small = fewer(bounds);
  const [finding] = enumeratePart(on, small, [invariant]).findings;
  if (finding === undefined || finding.broken === 0) return undefined;
  const shown = fromEnumeration(on, small, invariant, finding);
  return shown === undefined ? undefined : counterexampleTexts([traceOf(shown)], style(false))[0];
}
