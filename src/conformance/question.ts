import { isDeepStrictEqual } from 'node:util';
import { machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import type { BreachTrace } from '../trace/trace.js';
import { pose } from './claim-scenario.js';
import { FIELDS } from './compare.js';
import { type Beside, besidesOf, counterOf, isOfNoChange, shownSetUp } from './evidence.js';
import { type Kernel, wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import type { Scenario } from './scenario.js';

/** A scenario that a kernel is asked, and what the release makes of it. */
export interface Asked extends Beside {
  readonly model: ScenarioOutcome;
}

/** What a kernel is asked to bear out a counterexample. */
export interface Posable {
  /** The counterexample itself. */
  readonly claimed: Asked;
  readonly besides: readonly Asked[];
  /** Its set-up alone, where nothing else shows whether it succeeds. */
  readonly setUp: Scenario | undefined;
}

export const scenariosOf = ({ claimed, besides, setUp }: Posable): readonly Scenario[] => [
  ...[claimed, ...besides].map(({ scenario }) => scenario),
  ...(setUp === undefined ? [] : [setUp]),
];

/** Whether the last call leaves nothing that one can see. */
function showsNoChange({ initial, steps }: ScenarioOutcome): boolean {
  const [before, after] = [steps.at(-2) ?? initial, steps.at(-1)];
  return (
    isDeepStrictEqual(before.layout, after?.layout) && isDeepStrictEqual(before.data, after?.data)
  );
}

/** What it takes to tell whether a kernel breaks a promise as its release does, or why that cannot be told. */
export function questionOf(
  claim: BreachTrace,
  release: Release,
  id: string,
  hides: Kernel['hides'],
): Posable | { readonly impossible: string } {
  if (claim.kind === 'race') return { impossible: 'it is a race of threads' };
  const on = machine(release);
  const posed = pose(on, claim, id);
  if ('impossible' in posed) return posed;
  const counter = counterOf(claim.invariant);
  if (counter !== undefined && hides.includes(counter)) {
    return { impossible: `the kernel does not show ${counter}, which the promise is about` };
  }
  if (isOfNoChange(claim.invariant) && showsNoChange(posed.model)) {
    return { impossible: 'what is changed does not show in the layout or the contents' };
  }
  const besides: Asked[] = [];
  for (const beside of besidesOf(claim.invariant, posed.scenario)) {
    const model = modelled(on, beside.scenario);
    if (model === undefined || !wasSetUp(model)) {
      return { impossible: 'what would tell it leaves what the model can hold' };
    }
    besides.push({ ...beside, model });
  }
  return { claimed: { ...posed, fields: FIELDS }, besides, setUp: shownSetUp(posed.scenario) };
}
