import { callShape } from '../checker/shape.js';
import { modelCall } from '../input/call.js';
import type { MremapCall } from '../model/calls.js';
import { type Parting, partingOf, type Tallies } from './compare.js';
import type { Kernel } from './kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import type { Scenario } from './scenario.js';

/** A scenario of which model and kernel make different things. */
export interface Disagreement {
  readonly scenario: Scenario;
  readonly parting: Parting;
  readonly model: ScenarioOutcome;
  readonly kernel: ScenarioOutcome;
}

/** What a scenario comes to on either side, as a disagreement; undefined where they agree. */
export function disagreementOf(
  scenario: Scenario,
  model: ScenarioOutcome,
  kernel: ScenarioOutcome,
  hides: Kernel['hides'],
  tallies?: Tallies,
): Disagreement | undefined {
  const parting = partingOf(model, kernel, hides, tallies);
  return parting === undefined ? undefined : { scenario, parting, model, kernel };
}

/** What an outcome says of a call: `ok` or the errno; nothing of the set-up. */
export function wordAt({ steps }: ScenarioOutcome, call: Parting['call']): string {
  if (call === 'set-up') return '';
  const result = steps[call]?.result;
  if (result === undefined) return 'nothing';
  return 'ok' in result ? 'ok' : result.errno;
}

/** In the words of a caller: what was called, and what either side says of it. */
export interface Kind {
  /** Of the call behind which the two differ first. */
  readonly shape: string;
  readonly model: string;
  readonly kernel: string;
}

function shapeOf({ calls }: Scenario, at: Parting['call']): string {
  const call = at === 'set-up' ? undefined : calls[at];
  if (call === undefined) return 'set-up';
  return call.call === 'mremap' ? callShape(modelCall(call) as MremapCall) : call.call;
}

export const kindOf = ({ scenario, parting: { call }, model, kernel }: Disagreement): Kind => ({
  shape: shapeOf(scenario, call),
  model: wordAt(model, call),
  kernel: wordAt(kernel, call),
});

/** Disagreements of one class have equal keys. */
export const classKey = (d: Disagreement): string => {
  const { shape, model, kernel } = kindOf(d);
  return JSON.stringify([shape, model, kernel, d.parting.fields]);
};

/** Whether one shows what the other does, or a part of it: the same kind, in no further fields. */
export function showsTheSame(a: Disagreement, b: Disagreement): boolean {
  const [one, other] = [kindOf(a), kindOf(b)];
  return (
    one.shape === other.shape &&
    one.model === other.model &&
    one.kernel === other.kernel &&
    a.parting.fields.every((field) => b.parting.fields.includes(field))
  );
}
