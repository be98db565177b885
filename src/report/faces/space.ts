import { type Vmas, vmaAt } from '../../model/address-space.js';
import {
  displacementOf,
  endOf,
  idOf,
  isAccounted,
  isAnonymous,
  isArmed,
  isAway,
  isFaulted,
  isLocked,
  isSealed,
  isShared,
  isWritable,
  kindName,
  offsetOf,
  protName,
  startOf,
  type Vma,
} from '../../model/vma.js';
import { exactly, INDENT } from '../rows.js';
import { changedAt, legend, marks, ruler, strip } from '../strip.js';
import { rangeText } from '../words.js';
import { wrapped } from '../wrap.js';
import type { Canvas } from './canvas.js';

/** VMAs that have one letter in a strip. */
const areAlike = (a: Vma, b: Vma): boolean =>
  kindName(a) === kindName(b) && protName(a) === protName(b);

/** What is private and writable is accounted, and so is all of a letter of which something is; but for what a release gets wrong. */
const lacksAccount = (vma: Vma, all: Vmas): boolean =>
  !isShared(vma) &&
  !isAccounted(vma) &&
  (isWritable(vma) || all.some((other) => areAlike(vma, other) && isAccounted(other)));

/** Of a VMA that is several of these the first is shown. */
const FLAGS: readonly (readonly [
  mark: string,
  is: (vma: Vma, all: Vmas) => boolean,
  words: string,
])[] = [
  ['-', lacksAccount, 'not accounted'],
  ['#', isSealed, 'sealed'],
  ['+', isLocked, 'locked'],
  ['~', isArmed, 'userfaultfd'],
];

const lastDigit = (number: number): string => `${number % 10}`;

/** What tells VMAs of one letter apart, with a digit for each page. */
const DETAILS: readonly {
  readonly label: string;
  readonly of: (vma: Vma, page: number) => string;
  /** Whether it tells any of the VMAs that are drawn apart. */
  readonly tells: (all: Vmas) => boolean;
}[] = [
  {
    label: 'anon_vma',
    of: (vma) => (isShared(vma) ? ' ' : isFaulted(vma) ? lastDigit(idOf(vma)) : '-'),
    tells: (all) =>
      all.some((a) => !isShared(a) && all.some((b) => areAlike(a, b) && idOf(a) !== idOf(b))),
  },
  {
    label: 'offset',
    of: (vma, page) =>
      isAnonymous(vma) && displacementOf(vma) !== 0 ? lastDigit(page + displacementOf(vma)) : ' ',
    tells: (all) => all.some((vma) => isAnonymous(vma) && displacementOf(vma) !== 0),
  },
];

/** A row over or under a strip, with the text behind it. */
interface Row {
  readonly label: string;
  readonly cells: string;
  readonly behind?: string;
  /** Pages of the row that are set off. */
  readonly isMarked?: (page: number) => boolean;
}

/** Which of the flags each page has; no row where none has any. */
function flagRow(vmas: Vmas, all: Vmas, pages: number): Row[] {
  const cells = marks(pages, (page) => {
    const vma = vmaAt(vmas, page);
    return (vma && FLAGS.find(([, is]) => is(vma, all))?.[0]) ?? ' ';
  });
  const there = FLAGS.filter(([mark]) => cells.includes(mark));
  const behind = there.map(([mark, , words]) => `${mark} ${words}`).join(', ');
  return there.length === 0 ? [] : [{ label: '', cells, behind }];
}

/** The last digits of what tells VMAs apart; no row where there is nothing to be told. */
const detailRows = (vmas: Vmas, all: Vmas, pages: number): Row[] =>
  DETAILS.filter(({ tells }) => tells(all)).flatMap(({ label, of }) => {
    const cells = marks(pages, (page) => {
      const vma = vmaAt(vmas, page);
      return vma === undefined ? ' ' : of(vma, page);
    });
    return cells.trim() === '' ? [] : [{ label, cells }];
  });

const drawn = (rows: readonly Row[]): string =>
  rows.map(({ label, cells }) => label + cells).join();

/** The cells of some pages; the border behind the last belongs to them. */
function part({ cells, isMarked }: Row, from: number, to: number, { s }: Canvas): string {
  const end = cells.length > 2 * to + 1 ? cells.slice(2 * from, 2 * to + 1) : cells.slice(2 * from);
  if (isMarked === undefined) return end;
  return [...end]
    .map((cell, i) => (i % 2 === 1 && isMarked(from + (i - 1) / 2) ? s.mark(cell) : cell))
    .join('');
}

/** Rows of cells, folded where the canvas is narrower; what stands behind them goes below where it does not fit. */
function folded(rows: readonly Row[], pages: number, canvas: Canvas): string[] {
  const room = canvas.width - INDENT.length;
  const most = Math.max(4, Math.floor((room - 1) / 2));
  const cells = 2 * pages + 1;
  const fits = rows.every(({ behind = '' }) => cells + 3 + behind.length <= room);
  const lines: string[] = [];
  for (let from = 0; from < pages; from += most) {
    const to = Math.min(pages, from + most);
    for (const row of rows) {
      const text = part(row, from, to, canvas);
      const filler = ' '.repeat(Math.max(0, cells - row.cells.length) + 3);
      const line = fits && row.behind !== undefined ? `${text}${filler}${row.behind}` : text;
      if (text.trim() !== '' || to === pages) lines.push(exactly(row.label, line));
    }
    if (to < pages) lines.push('');
  }
  if (fits) return lines;
  const behind = rows.flatMap(({ label, behind: words }) =>
    words === undefined ? [] : [wrapped(`${label} ${words}`.trim(), INDENT, canvas.width)],
  );
  return [...lines, ...behind];
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
  canvas: Canvas,
  role?: string,
  others: readonly OtherRow[] = [],
): string[] {
  const isMarked = (page: number): boolean => changedAt(before, after, page);
  const changed = marks(pages, (page) => (isMarked(page) ? '^' : ' '));
  const all = [...before, ...after];
  const around = (vmas: Vmas): Row[] => [
    ...flagRow(vmas, all, pages),
    ...detailRows(vmas, all, pages),
  ];
  const [above, below] = [around(before), around(after)];
  const rows: Row[] = [
    { label: 'pages', cells: ruler(pages) },
    ...(role === undefined || role.trim() === '' ? [] : [{ label: '', cells: role }]),
    ...above,
    { label: 'before', cells: strip(before, pages), behind: gaugeBefore },
    { label: 'after', cells: strip(after, pages), behind: gaugeAfter, isMarked },
    ...(drawn(above) === drawn(below) ? [] : below),
    ...others.map((one) => ({
      label: one.label,
      cells: strip(one.vmas, pages),
      behind: one.gauge,
    })),
    ...(changed.trim() === '' ? [] : [{ label: 'changed', cells: changed, isMarked }]),
  ];
  return [
    ...folded(rows, pages, canvas),
    wrapped(legend([before, after, ...others.map(({ vmas }) => vmas)]), INDENT, canvas.width),
    ...vmaRows(before, after, canvas),
  ];
}

/** All that a VMA is, in words. */
function vmaText(vma: Vma): string {
  const id = idOf(vma);
  return [
    `${rangeText([startOf(vma), endOf(vma) - 1]).replace(' to ', '-')}`.padEnd(7),
    `${kindName(vma)} ${protName(vma)}, offset ${offsetOf(vma)}`,
    ...(id === 0 ? [] : [isShared(vma) ? `, object ${id}` : `, anon_vma ${id}`]),
    ...(isAccounted(vma) ? [', accounted'] : []),
    ...(isLocked(vma) ? [', locked'] : []),
    ...(isSealed(vma) ? [', sealed'] : []),
    ...(isArmed(vma) ? [', userfaultfd'] : []),
    ...(isAway(vma) ? [', moved since it was written'] : []),
  ]
    .join('')
    .replace(/^(\S+\s*)/, (range) => range.padEnd(7));
}

/** The VMAs in a list, those that went and came marked. */
function vmaRows(before: Vmas, after: Vmas, { s, width, vmas }: Canvas): string[] {
  if (vmas === 'none') return [];
  const all = [
    ...before.map((vma) => ({ vma, sign: after.includes(vma) ? ' ' : '-' })),
    ...after.flatMap((vma) => (before.includes(vma) ? [] : [{ vma, sign: '+' }])),
  ].sort((a, b) => startOf(a.vma) - startOf(b.vma));
  const shown = all.filter(({ sign }) => vmas === 'all' || sign !== ' ');
  const hidden = all.length - shown.length;
  const paint = { '-': s.bad, '+': s.good, ' ': s.dim };
  const lines = shown.map(({ vma, sign }) => {
    const text = wrapped(vmaText(vma), `${INDENT}  `, width);
    return paint[sign as keyof typeof paint](`${INDENT}${sign} ${text.trimStart()}`);
  });
  const rest = hidden === 0 ? [] : [s.dim(`${INDENT}  (${hidden} unchanged)`)];
  const [first, ...others] = [...lines, ...rest];
  if (first === undefined) return [];
  return ['', '  VMAs', first, ...others];
}
