import type { HistorySearch } from '../checker/history.js';
import { type Vmas, vmaAt } from '../model/address-space.js';
import { type Call, FIXED } from '../model/calls.js';
import { isArmed, isLocked, isSealed } from '../model/vma.js';
import { changedAt, legend, marks, ruler, strip } from './strip.js';
import { callText, plural } from './words.js';
import { wrapped } from './wrap.js';

const LABEL = 10;
/** Columns of a counterexample. */
export const WIDTH = 72;

/** A row of the report: a label in its column, text that is broken at the margin. */
export function row(label: string, text: string): string[] {
  return wrapped(text, ' '.repeat(LABEL + 2), WIDTH)
    .split('\n')
    .map((line, i) => (i === 0 ? `  ${label.padEnd(LABEL)}${line.trimStart()}` : line));
}

/** The same for text that stays as it is. */
export const exactly = (label: string, text: string): string =>
  `  ${label.padEnd(LABEL)}${text}`.trimEnd();

/**
 * The calls that build an address space.
 *
 * @param limitedFromStart whether max_map_count is `limit` for these calls too
 */
export function historyRows(
  history: HistorySearch,
  limit: number,
  limitedFromStart: boolean,
): string[] {
  const { calls, exhausted, states } = history;
  if (calls === undefined) {
    const much = `${plural(states, 'address space')} searched`;
    return row(
      'set-up',
      exhausted
        ? `no sequence of the calls tried builds this address space (${much})`
        : `no sequence of calls found that builds this address space (${much})`,
    );
  }
  const count = `${plural(calls.length, 'call')} from an empty window`;
  const built = calls.length === 0 ? 'nothing mapped' : calls.map(callText).join('; ');
  const when = limitedFromStart ? 'under' : 'then';
  return [...row('set-up', built), ...row('', `(${count}, ${when} max_map_count = ${limit})`)];
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

const FLAG_LEGEND = '# sealed, + locked, ~ userfaultfd';

/** Where the address space is locked, sealed or registered with userfaultfd, over the strip; no row where it is neither. */
function flagRow(vmas: Vmas, pages: number): string[] {
  const row = marks(pages, (page) => {
    const vma = vmaAt(vmas, page);
    if (vma === undefined) return ' ';
    return isSealed(vma) ? '#' : isLocked(vma) ? '+' : isArmed(vma) ? '~' : ' ';
  });
  return row.trim() === '' ? [] : [exactly('', `${row.padEnd(2 * pages + 4)}${FLAG_LEGEND}`)];
}

/** A row with what else became of an address space. */
interface OtherRow {
  readonly label: string;
  readonly vmas: Vmas;
  readonly gauge: string;
}

/**
 * An address space before and after, and the pages that are mapped differently.
 *
 * @param others what else became of it, drawn below
 */
export function beforeAfterRows(
  [before, after]: readonly [Vmas, Vmas],
  [gaugeBefore, gaugeAfter]: readonly [string, string],
  pages: number,
  role?: string,
  others: readonly OtherRow[] = [],
): string[] {
  const changed = marks(pages, (page) => (changedAt(before, after, page) ? '^' : ' '));
  return [
    exactly('pages', ruler(pages)),
    ...(role === undefined ? [] : [exactly('', role)]),
    ...flagRow(before, pages),
    exactly('before', `${strip(before, pages)}   ${gaugeBefore}`),
    exactly('after', `${strip(after, pages)}   ${gaugeAfter}`),
    ...others.map(({ label, vmas, gauge: count }) =>
      exactly(label, `${strip(vmas, pages)}   ${count}`),
    ),
    ...(changed.trim() === '' ? [] : [exactly('changed', changed)]),
    exactly('', legend([before, after, ...others.map(({ vmas }) => vmas)])),
  ];
}
