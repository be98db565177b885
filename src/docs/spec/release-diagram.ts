import { coverage, type Release } from '../../model/release.js';
import type { Step } from '../../model/step.js';
import type { Ending, Endings } from './modified.js';
import { drawing, path, rect, text, tip, widthOf } from './svg.js';

/** Columns, from the left: guards, steps with their functions, ways out. */
const GUARDS = 24;
const STEPS = 250;
const STEP_WIDTH = 440;
const EXITS = STEPS + STEP_WIDTH + 34;
const WIDTH = 1200;
const ROW = 30;
const BOX = 22;
const TOP = 96;
/** Between what is done without the lock and with it. */
const LOCK_GAP = 26;

/** Ranges and things by which a reader knows what has changed: `destination` for split and unmapped. */
const SHORT: readonly (readonly [start: string, word: string])[] = [
  ['VMAs before', 'earlier VMAs'],
  ['destination', 'destination'],
  ['range', 'range'],
  ['tail', 'tail'],
  ['source', 'source'],
  ['copy', 'copy'],
  ['pages', 'pages'],
  ['commit', 'charge'],
  ['locked_vm', 'locked_vm'],
];

function shortened(endings: readonly Ending[]): string {
  const changed = endings.flatMap((one) => one.changed);
  return SHORT.filter(([start]) => changed.some((what) => what.startsWith(start)))
    .map(([, word]) => word)
    .join(', ');
}

/** How a step may end the call: its errnos, those of failures in brackets, and what may be changed by then. */
interface Exit {
  readonly says: string;
  readonly torn: string;
}

/** What a step returns that ends calls well, which it says last. */
const RETURNS = /(?:^|; )(returns [^;]*)$/;

function exitOf(step: Step, endings: readonly Ending[]): Exit | undefined {
  const failing = [
    ...(step.mayFail ?? []),
    ...endings.filter(({ failed }) => failed !== undefined),
  ];
  const own = step.errnos ?? [];
  const failed = [...new Set(failing.map(({ errno }) => errno))].map((errno) => `(${errno})`);
  // What goes on quietly behind a failure ends no call there.
  const ends = endings.length > 0 || own.length > 0;
  const [, returns] = RETURNS.exec(step.does) ?? [];
  if (returns !== undefined && own.length === 0 && failed.length === 0)
    return { says: returns, torn: '' };
  return ends ? { says: [...own, ...failed].join(' '), torn: shortened(endings) } : undefined;
}

const kindOf = (step: Step): string => {
  if (step.count !== undefined) return 'check';
  return CHANGES.test(step.name) ? 'change' : 'box';
};
/** Steps after which the memory map is another. */
const CHANGES =
  /-(?:split-start|split-end|remove)$|^(?:copy-vma|move-page-tables|expand-in-place|dontunmap-complete)$/;

interface Row {
  readonly step: Step;
  readonly number: number;
  readonly y: number;
  readonly guards: string;
}

function rowsOf({ calls }: Release): Row[] {
  const lock = calls.mremap.findIndex(({ takesLock }) => takesLock);
  return calls.mremap.map((step, i) => ({
    step,
    number: i + 1,
    y: TOP + i * ROW + (lock >= 0 && i >= lock ? LOCK_GAP : 0),
    guards: [...new Set((step.when ?? []).map(({ name }) => name))].join(' · '),
  }));
}

const middle = ({ y }: Row): number => y + BOX / 2;

/** The lock is free above, held below. */
function bands(rows: readonly Row[], bottom: number): string[] {
  const lock = rows.find(({ step }) => step.takesLock === true);
  const from = lock === undefined ? TOP : lock.y;
  const above =
    lock === undefined || lock.number === 1
      ? []
      : [
          rect('open', 8, TOP - 26, WIDTH - 16, from - TOP - 4, { rx: 6 }),
          text('dim', 16, TOP - 10, 'the mmap lock is free'),
        ];
  return [
    ...above,
    rect('held', 8, from - 26, WIDTH - 16, bottom - from + 26, { rx: 6 }),
    text('dim', 16, from - 10, 'the mmap lock is held for writing'),
  ];
}

/** Steps one behind the other that are for the same calls have one bracket. */
function guardGroups(rows: readonly Row[]): string[] {
  const groups: Row[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]?.guards === row.guards) last.push(row);
    else groups.push([row]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0] as Row, group.at(-1) as Row];
    if (first.guards === '') return [];
    const x = STEPS - 14;
    const [top, bottom] = [first.y + 2, last.y + BOX - 2];
    const lines = first.guards.split(' · ');
    const start = (top + bottom) / 2 + 4 - ((lines.length - 1) * 13) / 2;
    return [
      path('guard', `M${x + 5} ${top}h-5V${bottom}h5`),
      ...lines.map((line, i) => text('dim', x - 8 - widthOf(line), start + i * 13, line)),
    ];
  });
}

function stepParts(row: Row, endings: readonly Ending[]): string[] {
  const { step, number, y } = row;
  const right = STEPS + STEP_WIDTH;
  const exit = exitOf(step, endings);
  return [
    rect(kindOf(step), STEPS, y, STEP_WIDTH, BOX, { rx: 4 }),
    text('dim', STEPS + 8, y + 15, String(number).padStart(2)),
    text('name', STEPS + 32, y + 15, step.name),
    text('dim', right - 8 - widthOf(step.kernel), y + 15, step.kernel),
    ...(exit === undefined
      ? []
      : [
          path('arrow', `M${right} ${middle(row)}h22`),
          tip('head', right + 28, middle(row)),
          text('exit', EXITS, y + 15, exit.says),
          text(
            'torn',
            EXITS + widthOf(exit.says) + 12,
            y + 15,
            exit.torn === '' ? '' : `changed: ${exit.torn}`,
          ),
        ]),
  ];
}

/** From the step that goes back to the one that it goes back to. */
function loops(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const head = rows.find(({ step }) => step.name === row.step.repeatFrom);
    if (head === undefined) return [];
    // Not through the words beside it.
    const [from, to] = [row.y + BOX - 2, head.y + 5];
    return [
      path('loop', `M${STEPS} ${from}H${GUARDS + 8}q-8 0 -8 -8V${to + 8}q0 -8 8 -8H${STEPS - 7}`),
      tip('loop-head', STEPS, to),
    ];
  });
}

/** The steps of mremap() as they follow one another, with what they are for and how they end calls. */
export function releaseDiagram(release: Release, endings: Endings): string {
  const rows = rowsOf(release);
  const bottom = (rows.at(-1)?.y ?? TOP) + ROW + 4;
  const flow = rows.slice(1).map((row, i) => {
    const above = rows[i] as Row;
    return path('flow', `M${STEPS + 20} ${above.y + BOX}V${row.y}`);
  });
  return drawing(
    `mremap() in Linux ${coverage(release)}`,
    `The ${rows.length} steps of ${release.id}, one below the other, each with its kernel function. The text version is the page of the release.`,
    WIDTH,
    bottom + 12,
    [
      text('title', 16, 28, `mremap() in Linux ${coverage(release)}`),
      text(
        'dim',
        16,
        50,
        'Blue asks for map slots, orange changes the memory map. To the right: the errnos that a step ends a call with (in',
      ),
      text(
        'dim',
        16,
        65,
        'brackets: if something fails in it), and what may be changed by then. To the left: the calls that it is for.',
      ),
      ...bands(rows, bottom),
      ...loops(rows),
      ...flow,
      ...guardGroups(rows),
      ...rows.flatMap((row) => stepParts(row, endings.get(row.step) ?? [])),
    ],
  );
}
