import type { Difference } from '../checker/difference.js';
import type { PartingStep } from '../checker/parting.js';
import { callText } from '../model/call-text.js';
import { type Change, type DiffReport, smallestDifference } from '../verify/diff.js';
import { machineFor } from '../verify/execute.js';
import { changeText, headroomText } from './behaviour.js';
import { compareBoundsText, notTriedText } from './bounds.js';
import { columnName, drawnSideBySide, sideBySide } from './columns.js';
import { patchLines } from './patch-text.js';
import { exactly, gauge, historyRows, roles, row, WIDTH } from './rows.js';
import { legend, ruler, strip } from './strip.js';
import type { Style } from './style.js';
import { grouped, plural, resultText } from './words.js';
import { wrapped } from './wrap.js';

/** Headrooms that were tried; without an end where the limits alone were given. */
const triedIn = ({ question: { bounds } }: DiffReport): readonly [number, number] =>
  bounds.headrooms ?? [-Infinity, Infinity];

const shapesText = ({ classes }: Change): string => classes.map(({ shape }) => shape).join('; ');

/** A change in one sentence: `shrink in place at headroom 0 to 3: succeeds -> ENOMEM, nothing changed`. */
export const changeName = (change: Change, tried: readonly [number, number]): string =>
  `${shapesText(change)} ${headroomText(change.headrooms, tried)}: ${changeText(change)}`;

const slots = (n: number): string => plural(n, 'map slot');

function whatItDid({ result, passes, asks, mapCount: [before, after] }: PartingStep): string {
  const need = asks === undefined ? '' : `, needs ${asks.slots} of ${slots(asks.left)} left`;
  if (passes) return `passes${need}`;
  if (result !== undefined && result < 0) return `returns ${resultText(result)}${need}`;
  if (result !== undefined) return `returns ${resultText(result)}`;
  return before === after ? 'goes on' : `map_count ${before} -> ${after}`;
}

function partingRows({ parting }: Difference): string[] {
  if (parting === undefined) return [];
  const [a, b] = parting;
  return [
    ...sideBySide('parts at', [a.step, b.step]),
    ...sideBySide('', [`in ${a.kernel}()`, `in ${b.kernel}()`]),
    ...sideBySide('', [whatItDid(a), whatItDid(b)]),
  ];
}

/** Counters, where the two differ in what they added to them. */
function counterRows({ outcomes: [a, b] }: Difference): string[] {
  return (
    [
      ['total_vm', a.accounts.total, b.accounts.total],
      ['locked_vm', a.accounts.locked, b.accounts.locked],
      ['committed', a.accounts.committed, b.accounts.committed],
    ] as const
  ).flatMap(([label, mine, theirs]) =>
    mine === theirs ? [] : sideBySide(label, [signedPages(mine), signedPages(theirs)]),
  );
}

const signedPages = (n: number): string => `${n < 0 ? '-' : '+'}${plural(Math.abs(n), 'page')}`;

/** The smallest call of a change: how to get there, and what either release makes of it, side by side. */
function witnessRows(d: Difference, names: readonly [string, string]): string[] {
  const { before, call, limit, pages, outcomes } = d;
  const [a, b] = outcomes;
  const role = outcomes.map(({ result }) => roles(call, result, pages) ?? '') as [string, string];
  const drawing = strip(before, pages);
  const gauges = outcomes.map((o) => gauge(o.vmas, limit, o.mapCount)) as [string, string];
  return [
    ...historyRows(d.history, limit, false),
    ...row('call', callText(call)),
    '',
    drawnSideBySide('', columnName(names[0]), columnName(names[1])),
    drawnSideBySide('pages', ruler(pages), ruler(pages)),
    ...(role.join('') === '' ? [] : [drawnSideBySide('', ...role)]),
    drawnSideBySide('before', drawing, drawing),
    drawnSideBySide('after', strip(a.vmas, pages), strip(b.vmas, pages)),
    ...sideBySide('', gauges),
    ...sideBySide('returns', [resultText(a.result), resultText(b.result)]),
    ...counterRows(d),
    exactly('', legend([before, ...outcomes.map(({ vmas }) => vmas)])),
    '',
    ...partingRows(d),
  ];
}

function changeRows(report: DiffReport, change: Change, number: number, s: Style): string {
  const head = wrapped(`${number}. ${changeName(change, triedIn(report))}`, '   ', WIDTH);
  const counts =
    change.classes.length === 1
      ? ''
      : `: ${change.classes.map(({ shape, count }) => `${shape} ${grouped(count)}`).join('; ')}`;
  return [
    s.bold(head.trimStart()),
    s.dim(wrapped(`${plural(change.count, 'call')}${counts}`, '   ', WIDTH)),
    '',
    ...witnessRows(smallestDifference(report.question, change), report.question.releases),
  ].join('\n');
}

function headText({ question: { releases }, changes, complete }: DiffReport): string {
  const [a, b] = releases;
  const found = `${plural(changes.length, 'change')} that callers can tell`;
  if (changes.length > 0) return `${a} -> ${b}: ${found}${complete ? '' : ' so far'}`;
  return complete
    ? `${a} and ${b} do not differ: every call tried ends alike on both.`
    : `${a} -> ${b}: nothing found so far.`;
}

/** What the releases are that a reader may not have. */
const patchesOf = ({ question: { releases } }: DiffReport): string[] =>
  releases.flatMap((ref) => patchLines({ ...machineFor(ref).release, id: ref }));

function boundsRows({ question: { bounds }, spaces, transitions, complete }: DiffReport): string[] {
  const work = `${plural(spaces, 'address space')}, ${plural(transitions, 'call')}`;
  return [
    ...row('tried', `${compareBoundsText(bounds)} (${work})`),
    ...row('not tried', notTriedText(bounds)),
    ...(complete
      ? []
      : row(
          'NOT DONE',
          'interrupted: counts are too small, and headrooms and changes may be missing',
        )),
  ];
}

/**
 * What a caller sees differently on two releases, at most 72 columns wide for windows of up to 14 pages
 * apart from the paths of patches.
 */
export const diffText = (report: DiffReport, s: Style): string =>
  [
    [s.bold(wrapped(headText(report), '', WIDTH)), ...patchesOf(report)].join('\n'),
    ...report.changes.map((change, i) => changeRows(report, change, i + 1, s)),
    boundsRows(report).join('\n'),
  ].join('\n\n');
