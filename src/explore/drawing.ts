import type { Vmas } from '../model/address-space.js';
import { callText } from '../model/call-text.js';
import { startOf } from '../model/vma.js';
import type { Canvas } from '../report/faces/canvas.js';
import { beforeAfterRows } from '../report/faces/space.js';
import { signed } from '../report/outcome-rows.js';
import { exactly, gauge, roles } from '../report/rows.js';
import { ruler, strip } from '../report/strip.js';
import { style } from '../report/style.js';
import { plural, resultText } from '../report/words.js';
import { type Line, plain, toned } from './line.js';
import { outcomeWords } from './menu.js';
import { besideName, differsAt, type Moment } from './moment.js';
import { type Played, sameSpace } from './take.js';

/** `map_count 3 of 5`, or without a limit `map_count 3`. */
export const countText = (vmas: Vmas, limit: number | undefined): string =>
  limit === undefined ? `map_count ${vmas.length}` : gauge(vmas, limit);

/** The screen cuts lines, and sets them off, by itself. */
const UNBOUNDED: Canvas = { s: style(false), width: Infinity, verbose: false, vmas: 'none' };

const within = (vmas: Vmas, pages: number): Vmas => vmas.filter((vma) => startOf(vma) < pages);

const chargeOf = ({ outcome }: Played): number => outcome.accounts.committed;

const wordsOf = ({ outcome, before }: Played): string => outcomeWords(outcome, before);

/** How a call ended, by the name of what it ran on; and what it was charged for, where that alone is another beside. */
function endText(name: string, played: Played, other: Played | undefined): string {
  const [words, charge] = [wordsOf(played), chargeOf(played)];
  const differs = other !== undefined && wordsOf(other) === words && chargeOf(other) !== charge;
  return exactly('', `${name}: ${words}${differs ? `, commit charge ${signed(charge)}` : ''}`);
}

/** What the call returned, here and beside. */
function callLines(now: Moment, played: Played, differs: boolean): Line[] {
  const { result } = played.outcome;
  const text = exactly('call', `${callText(played.call)} = ${resultText(result)}`);
  const other = now.beside?.take.played.at(-1);
  const beside = other === undefined ? [] : [plain(endText(besideName(now), other, played))];
  return [
    toned(text, result < 0 ? 'bad' : 'good'),
    plain(endText(now.under.on.release.id, played, other)),
    ...(differs ? beside.map((line) => toned(line.text, 'mark')) : beside),
  ];
}

/**
 * The address space before and behind the last call, and what the call ended in.
 *
 * @param gauges whether there is room for map_count beside the strips
 */
export function drawing(now: Moment, gauges: boolean): Line[] {
  const { script, take, beside } = now;
  const { pages } = script;
  const played = take.played.at(-1);
  if (played === undefined) {
    const count = gauges ? countText(take.vmas, take.limit) : '';
    const space = exactly('now', `${strip(take.vmas, pages)}   ${count}`);
    return [plain(exactly('pages', ruler(pages))), plain(space), plain(exactly('', '. free'))];
  }
  const { call, outcome, limit } = played;
  const other = beside?.take.played.at(-1);
  const differs = differsAt(now, take.played.length - 1);
  const count = (vmas: Vmas, of: number | undefined): string => (gauges ? countText(vmas, of) : '');
  const outside = take.vmas.length - within(take.vmas, pages).length;
  const rows = beforeAfterRows(
    [within(played.before, pages), within(outcome.vmas, pages)],
    [count(played.before, limit), count(outcome.vmas, limit)],
    pages,
    UNBOUNDED,
    roles(call, outcome.result, pages),
    other !== undefined && !sameSpace(outcome.vmas, other.outcome.vmas)
      ? [
          {
            label: 'beside',
            vmas: within(other.outcome.vmas, pages),
            gauge: count(other.outcome.vmas, other.limit),
          },
        ]
      : [],
  );
  return [
    ...callLines(now, played, differs),
    plain(''),
    ...rows.map(plain),
    ...(outside === 0 ? [] : [plain(exactly('outside', plural(outside, 'VMA')))]),
  ];
}
