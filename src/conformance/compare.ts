import { isDeepStrictEqual } from 'node:util';
import type { ScenarioOutcome, StepOutcome } from './outcome.js';

/** What is compared behind each call; behind the set-up `layout` and `data` alone. */
export const FIELDS = [
  'result',
  'mapCountDelta',
  'layout',
  'data',
  'totalVmDelta',
  'lockedVm',
  'committedDelta',
] as const satisfies readonly (keyof StepOutcome)[];
export type Field = (typeof FIELDS)[number];

const SETUP_FIELDS = ['layout', 'data'] as const satisfies readonly Field[];

/** The call behind which two outcomes of a scenario differ first, by its index, and in what. */
export interface Parting {
  readonly call: number | 'set-up';
  readonly fields: readonly Field[];
}

/** How often a field was compared and was equal, and how often the kernel did not show it. */
interface FieldTally {
  compared: number;
  equal: number;
  hidden: number;
}
export type Tallies = Readonly<Record<Field, FieldTally>>;

export const noTallies = (): Tallies =>
  Object.fromEntries(
    FIELDS.map((field) => [field, { compared: 0, equal: 0, hidden: 0 }]),
  ) as unknown as Tallies;

type Compared = Pick<ScenarioOutcome, 'initial' | 'steps'>;

/**
 * Compares two outcomes of a scenario call by call up to the first that differs: behind that the two
 * are no longer in the same state.
 *
 * @param hides fields that are left out
 * @param tallies where each comparison is counted
 */
export function partingOf(
  model: Compared,
  kernel: Compared,
  hides: readonly Field[],
  tallies?: Tallies,
): Parting | undefined {
  const differing = (
    fields: readonly Field[],
    mine: Partial<StepOutcome> | undefined,
    theirs: Partial<StepOutcome> | undefined,
  ): Field[] =>
    fields.filter((field) => {
      const tally = tallies?.[field];
      if (hides.includes(field)) {
        if (tally !== undefined) tally.hidden++;
        return false;
      }
      const equal = isDeepStrictEqual(mine?.[field], theirs?.[field]);
      if (tally !== undefined) {
        tally.compared++;
        if (equal) tally.equal++;
      }
      return !equal;
    });

  const initial = differing(SETUP_FIELDS, model.initial, kernel.initial);
  if (initial.length > 0) return { call: 'set-up', fields: initial };
  const calls = Math.max(model.steps.length, kernel.steps.length);
  for (let call = 0; call < calls; call++) {
    const fields = differing(FIELDS, model.steps[call], kernel.steps[call]);
    if (fields.length > 0) return { call, fields };
  }
  return undefined;
}
