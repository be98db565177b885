import { coverage } from '../model/release.js';
import { plural } from '../report/words.js';
import { wrapped } from '../report/wrap.js';
import { countText, drawing } from './drawing.js';
import { fitted, type Line, plain, toned } from './line.js';
import { besideName, type Moment } from './moment.js';
import { historyLines, paneLines } from './pane.js';
import type { Session } from './session.js';

/** Columns and lines. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Calls of the history that are always in sight where there is room. */
const RECENT = 4;
/** Lines of the pane that come before those. */
const LEAST_PANE = 6;
/** Lines of what is to be said. */
const MOST_FOOT = 3;
/** Columns of a strip row besides its pages: label, border, and map_count with its limit. */
const BESIDE_STRIP = 12 + 1 + 3 + 20;

const roomForGauges = ({ script }: Moment, width: number): boolean =>
  2 * script.pages + BESIDE_STRIP <= width;

/** Release, map_count, and what is beside, in one line. */
export function heading(now: Moment): Line {
  const { release } = now.under.on;
  const { vmas, limit } = now.take;
  const left = limit === undefined ? 'no limit yet' : `${plural(limit - vmas.length, 'slot')} left`;
  const beside = now.beside === undefined ? '' : `  beside ${besideName(now)}`;
  const text = `${release.id} (${coverage(release)})${beside}  ${countText(vmas, limit)}, ${left}`;
  return toned(`explore  ${text}`, 'bold');
}

/** The lines of the pane from the top one on; if there are more, the last says where one is. */
function paneIn(session: Session, height: number): Line[] {
  const all = paneLines(session);
  if (all.length <= height) return [...all];
  const shown = Math.max(0, height - 1);
  const first = Math.min(session.top, all.length - shown);
  const where = `-- ${first + 1} to ${first + shown} of ${all.length}, + and - for more`;
  return [...all.slice(first, first + shown), toned(where, 'dim')];
}

/** What is to be said, broken at the margin. */
const footLines = ({ text, ...rest }: Line, width: number): Line[] =>
  wrapped(text, '', width)
    .split('\n')
    .slice(0, MOST_FOOT)
    .map((line) => ({ text: line, ...rest }));

/**
 * The session as lines, none wider and not more than there is room for: heading, last calls, drawing,
 * pane, and what is to be said.
 */
export function screen(session: Session, message: Line | undefined, size: Size): readonly Line[] {
  const { now, pane } = session;
  const drawn = drawing(now, roomForGauges(now, size.width));
  const foot = message === undefined ? [] : footLines(message, size.width);
  const taken = 1 + 1 + drawn.length + 1 + foot.length;
  const spare = size.height - taken - LEAST_PANE - 1;
  const recent = pane.shows === 'history' ? 0 : Math.max(0, Math.min(RECENT, spare));
  const history = recent === 0 ? [] : [plain(''), ...historyLines(now).slice(-recent)];
  const top = [heading(now), ...history, plain(''), ...drawn, plain('')];
  const paneHeight = Math.max(0, size.height - top.length - foot.length);
  const above = [...top, ...paneIn(session, paneHeight)].slice(
    0,
    Math.max(0, size.height - foot.length),
  );
  return [...above, ...foot].slice(0, size.height).map((line) => fitted(line, size.width));
}

/** The same as text that goes on: the drawing and all of the pane, as wide as it is. */
export function printed(session: Session): readonly Line[] {
  const drawsCall = session.pane.shows === 'steps';
  const above = drawsCall ? [...drawing(session.now, true), plain('')] : [];
  return [...above, ...paneLines(session), plain('')];
}
