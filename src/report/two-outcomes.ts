import { FIELDS, type Field, type Parting } from '../conformance/compare.js';
import type { LayoutEntry, ScenarioOutcome, StepOutcome } from '../conformance/outcome.js';
import type { Scenario } from '../conformance/scenario.js';
import { modelCall } from '../input/call.js';
import type { Vmas } from '../model/address-space.js';
import { Kind, type KindName, MAX_PAGES, makeVma, Prot } from '../model/vma.js';
import { exactly, roles, row } from './rows.js';
import { legend, ruler, strip } from './strip.js';
import { callText, plural } from './words.js';

/** A scenario with what two made of it. */
export interface TwoOutcomes {
  readonly scenario: Scenario;
  readonly model: ScenarioOutcome;
  readonly kernel: ScenarioOutcome;
  /** Where they differ first, if they do. */
  readonly parting: Parting | undefined;
}

const kindOf = ({ kind, shared }: LayoutEntry): KindName =>
  kind === 'file' ? (shared ? 'fshared' : 'fpriv') : kind;

/** As VMAs, to be drawn; of what is mapped `none`, which no scenario asks for, the drawing says `r`. */
const vmasOf = (layout: readonly LayoutEntry[]): Vmas =>
  layout.map((entry) => {
    const start = Math.max(0, entry.start);
    const kind = Kind[kindOf(entry)];
    return makeVma({
      start,
      pages: Math.min(entry.start + entry.pages, MAX_PAGES) - start,
      kind,
      prot: entry.prot === 'rw' ? Prot.rw : Prot.r,
      id: kind === Kind.shm ? 1 : 0,
    });
  });

const signed = (n: number): string => (n < 0 ? `${n}` : `+${n}`);

function resultText({ result }: StepOutcome): string {
  if ('errno' in result) return `-${result.errno}`;
  return result.ok === 'outside' ? 'an address outside' : `${result.ok}`;
}

const stepText = (step: StepOutcome): string =>
  `map_count ${signed(step.mapCountDelta)}, returns ${resultText(step)}`;

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
  const { pages, headroom, setup, calls } = scenario;
  const drawn = (layout: readonly LayoutEntry[]): string => strip(vmasOf(layout), pages);
  const built =
    setup.length === 0 ? 'nothing mapped' : setup.map(modelCall).map(callText).join('; ');
  const count = `${plural(setup.length, 'call')} from an empty window, then ${plural(headroom, 'map slot')} left`;
  const head = [...row('set-up', built), ...row('', `(${count})`)];
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
    ...calls.slice(0, at).flatMap((made) => row('then', callText(modelCall(made)))),
    ...row('call', callText(modelCall(call))),
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
