import { BadInput } from '../input/bad-input.js';
import { lastPageOf } from '../input/call.js';
import { callText } from '../model/call-text.js';
import type { Call } from '../model/calls.js';
import type { Machine } from '../model/plan.js';
import { type Conditions, play, type Script, type Take, wentAlike } from './take.js';

/** The same script under other conditions, to compare with. */
interface Beside {
  readonly under: Conditions;
  readonly take: Take;
  /** Asked for; otherwise it is what there was before a switch. */
  readonly asked: boolean;
}

/** What undo goes back to: a script, what it is played under, and how it went. Never modified. */
export interface Moment {
  readonly script: Script;
  readonly under: Conditions;
  readonly take: Take;
  readonly beside: Beside | undefined;
}

const moment = (
  script: Script,
  under: Conditions,
  beside?: { readonly under: Conditions; readonly asked: boolean },
): Moment => ({
  script,
  under,
  take: play(script, under),
  beside: beside && { ...beside, take: play(script, beside.under) },
});

/** An empty window without a limit. */
export const emptyWindow = (pages: number, on: Machine): Moment =>
  moment({ pages, setup: [], calls: [] }, { on, headroom: undefined });

/** The script with one more call; throws BadInput where it leaves the window. */
export function called({ script, under, beside }: Moment, call: Call): Moment {
  const { pages, setup, calls } = script;
  const last = lastPageOf(call);
  if (last >= pages) {
    throw new BadInput(
      `${callText(call)}: found page ${last}, expected pages of the window, 0 to ${pages - 1}`,
    );
  }
  const more =
    under.headroom === undefined
      ? { ...script, setup: [...setup, call] }
      : { ...script, calls: [...calls, call] };
  return moment(more, under, beside);
}

/** The same script on another release; the former one goes beside it, unless one was asked for. */
export function switched({ script, under, beside }: Moment, to: Machine): Moment {
  if (to.release.id === under.on.release.id) {
    throw new BadInput(`release: found ${to.release.id}, expected another than the present one`);
  }
  return moment(
    script,
    { ...under, on: to },
    beside?.asked === true ? beside : { under, asked: false },
  );
}

/** Another release beside it, or none. */
export const besides = ({ script, under }: Moment, on: Machine | undefined): Moment =>
  moment(script, under, on && { under: { ...under, on }, asked: true });

/**
 * Another limit. The first one ends the set-up; one after that is put in its place, and the calls since are
 * made again. Throws BadInput where it is below the VMAs of the set-up.
 *
 * @param headroom map slots left behind the set-up; undefined makes everything the set-up, without a limit
 */
export function limited({ script, under, beside }: Moment, headroom: number | undefined): Moment {
  const { setup, calls } = script;
  const now = { ...under, headroom };
  const asked = beside?.asked === true;
  const besideNow = asked ? { under: { ...beside.under, headroom }, asked } : undefined;
  if (headroom === undefined) {
    return moment({ ...script, setup: [...setup, ...calls], calls: [] }, now, besideNow);
  }
  const former = under.headroom === undefined ? undefined : { under, asked: false };
  return moment(script, now, besideNow ?? former);
}

/** The headroom behind the set-up that a max_map_count is; throws BadInput where it is below. */
export function headroomFor({ take }: Moment, limit: number): number {
  if (limit >= take.built) return limit - take.built;
  throw new BadInput(
    `limit: found ${limit}, expected at least ${take.built}, the VMAs that the set-up leaves`,
  );
}

/** What tells the conditions beside from the present ones: the release, or else the limit. */
export function besideName({ under, beside }: Moment): string {
  if (beside === undefined) return '';
  const { id } = beside.under.on.release;
  return id === under.on.release.id ? `limit ${beside.take.limit}` : id;
}

/** Whether a call, by its place, went another way beside. */
export function differsAt({ take, beside }: Moment, index: number): boolean {
  const [here, there] = [take.played[index], beside?.take.played[index]];
  return here !== undefined && there !== undefined && !wentAlike(here, there);
}
