import { FIELDS, type Field, type Parting } from '../conformance/compare.js';
import type { LayoutEntry, ScenarioOutcome, StepOutcome } from '../conformance/outcome.js';
import type { Scenario } from '../conformance/scenario.js';
import { modelCall } from '../input/call.js';
import { layoutStrip, returned, setupRows, signed, vmasOf, writtenText } from './outcome-rows.js';
import { exactly, roles, row } from './rows.js';
import { legend, ruler } from './strip.js';

/** A scenario with what two made of it. */
export interface TwoOutcomes {
  readonly scenario: Scenario;
  readonly model: ScenarioOutcome;
  readonly kernel: ScenarioOutcome;
  /** Where they differ first, if they do. */
  readonly parting: Parting | undefined;
}

const stepText = (step: StepOutcome): string =>
  `map_count ${signed(step.mapCountDelta)}, returns ${returned(step)}`;

/** The fields that a drawing shows by itself. */
const DRAWN: readonly Field[] = ['result', 'mapCountDelta', 'layout'];

const valuesText = (field: Field, one: unknown, other: unknown): string =>
  `${field} ${JSON.stringify(one)} on the model, ${JSON.stringify(other)} on the kernel`;

/** What differs and is not seen in the strips; the layout if it differs in what they do not show. */
function differsRows(
  parting: Parting | undefined,
  model: Partial<StepOutcome>,
  kernel: Partial<StepOutcome>,
  drawnAlike: boolean,
): string[] {
  const unseen = FIELDS.filter(
    (field) =>
      parting?.fields.includes(field) &&
      (!DRAWN.includes(field) || (field === 'layout' && drawnAlike)),
  );
  return unseen.flatMap((field, i) =>
    row(i === 0 ? 'differs' : '', valuesText(field, model[field], kernel[field])),
  );
}

/**
 * What two made of a scenario, one under the other: its calls, the window before the call at which they
 * part, or before the last one, and behind it.
 */
export function twoOutcomesText({ scenario, model, kernel, parting }: TwoOutcomes): string {
  const { pages, calls } = scenario;
  const drawn = (layout: readonly LayoutEntry[]): string => layoutStrip(layout, pages);
  const head = setupRows(scenario);
  const at = parting?.call ?? calls.length - 1;
  if (at === 'set-up' || at < 0) {
    const [mine, theirs] = [model.initial, kernel.initial];
    return [
      ...head,
      '',
      exactly('pages', ruler(pages)),
      exactly('model', drawn(mine.layout)),
      exactly('kernel', drawn(theirs.layout)),
      exactly('', legend([vmasOf(mine.layout), vmasOf(theirs.layout)])),
      ...differsRows(parting, mine, theirs, drawn(mine.layout) === drawn(theirs.layout)),
    ].join('\n');
  }
  const [mine, theirs] = [model.steps[at], kernel.steps[at]];
  const call = calls[at];
  if (mine === undefined || theirs === undefined || call === undefined) {
    throw new Error(`${scenario.id} has no outcome of call ${at + 1} on both sides`);
  }
  const before = at === 0 ? model.initial : (model.steps[at - 1] as StepOutcome);
  const landed = 'ok' in mine.result && mine.result.ok !== 'outside' ? mine.result.ok : -1;
  const role = roles(modelCall(call), landed, pages);
  const layouts = [before.layout, mine.layout, theirs.layout];
  return [
    ...head,
    ...calls.slice(0, at).flatMap((made) => row('then', writtenText(made))),
    ...row('call', writtenText(call)),
    '',
    exactly('pages', ruler(pages)),
    ...(role === undefined ? [] : [exactly('', role)]),
    exactly('before', drawn(before.layout)),
    exactly('model', `${drawn(mine.layout)}   ${stepText(mine)}`),
    exactly('kernel', `${drawn(theirs.layout)}   ${stepText(theirs)}`),
    exactly('', legend(layouts.map(vmasOf))),
    ...differsRows(parting, mine, theirs, drawn(mine.layout) === drawn(theirs.layout)),
  ].join('\n');
}
