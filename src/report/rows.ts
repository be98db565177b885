import type { HistorySearch } from '../checker/history.js';
import type { Vmas } from '../model/address-space.js';
import { callText } from '../model/call-text.js';
import { type Call, FIXED } from '../model/calls.js';
import { marks } from './strip.js';
import { plural } from './words.js';
import { wrapped } from './wrap.js';

const LABEL = 10;
/** In front of a row without a label. */
export const INDENT = ' '.repeat(LABEL + 2);
/** Columns of a counterexample. */
export const WIDTH = 72;

/** A row of the report: a label in its column, text that is broken at the margin. */
export function row(label: string, text: string, width = WIDTH): string[] {
  return wrapped(text, INDENT, width)
    .split('\n')
    .map((line, i) => (i === 0 ? `  ${label.padEnd(LABEL)}${line.trimStart()}` : line));
}

/** The same for text that stays as it is; a label that is too long, as of a patch, has a line of its own. */
export const exactly = (label: string, text: string): string =>
  label.length < LABEL
    ? `  ${label.padEnd(LABEL)}${text}`.trimEnd()
    : `  ${label}\n  ${''.padEnd(LABEL)}${text}`.trimEnd();

/**
 * The calls that build an address space.
 *
 * @param limitedFromStart whether max_map_count is `limit` for these calls too
 */
export function historyRows(
  history: HistorySearch,
  limit: number,
  limitedFromStart: boolean,
  width = WIDTH,
): string[] {
  const { calls, exhausted, states } = history;
  if (calls === undefined) {
    const much = `${plural(states, 'address space')} searched`;
    return row(
      'set-up',
      exhausted
        ? `no sequence of the calls tried builds this address space (${much})`
        : `no sequence of calls found that builds this address space (${much})`,
      width,
    );
  }
  const count = `${plural(calls.length, 'call')} from an empty window`;
  const built = calls.length === 0 ? 'nothing mapped' : calls.map(callText).join('; ');
  const when = limitedFromStart ? 'under' : 'then';
  return [
    ...row('set-up', built, width),
    ...row('', `(${count}, ${when} max_map_count = ${limit})`, width),
  ];
}

/** map_count beside its limit. */
export const gauge = (vmas: Vmas, limit: number, count = vmas.length): string =>
  `map_count ${count} of ${limit}`;

/**
 * Source and destination of an mremap() over the strip.
 *
 * @param result the page that it returned, or less than zero
 */
export function roles(call: Call, result: number, pages: number): string | undefined {
  if (call.call !== 'mremap') return undefined;
  const { addr, oldLen, newLen, flags, newAddr } = call;
  const target = (flags & FIXED) !== 0 ? newAddr : result;
  return marks(pages, (page) => {
    if (page >= addr && page < addr + oldLen) return 'S';
    return target >= 0 && page >= target && page < target + newLen && target !== addr ? 'D' : ' ';
  });
}
