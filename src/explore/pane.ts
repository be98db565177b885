import { CALL_FORMS } from '../input/call-text.js';
import { callText } from '../model/call-text.js';
import type { Outcome } from '../model/outcome.js';
import { coverage } from '../model/release.js';
import { knownReleases } from '../model/releases/index.js';
import { inTurn, matters, type StepInTurn, stepText } from '../report/faces/steps.js';
import { stepsOf } from '../report/trace-of.js';
import { grouped, plural, resultText } from '../report/words.js';
import { wrapped } from '../report/wrap.js';
import { COMMANDS } from './command.js';
import { type Line, plain, toned } from './line.js';
import { type Menu, outcomeWords } from './menu.js';
import { besideName, differsAt, type Moment } from './moment.js';
import type { Session } from './session.js';
import type { Played, Take } from './take.js';

/** What a step did, apart from the address space that it was done to. */
const done = ({ one }: StepInTurn): string =>
  `${one.step} ${one.mapCountAfter - one.mapCountBefore} ${one.result}`;

const taken = ({ call, micro }: Played): StepInTurn[] => inTurn(stepsOf(call, micro));

/** The first step that does something else than the one beside; those that only look do not count. */
function partingStep(
  steps: readonly StepInTurn[],
  beside: readonly StepInTurn[],
): StepInTurn | undefined {
  const there = beside.filter(matters).map(done);
  return steps.filter(matters).find((step, i) => done(step) !== there[i]);
}

/** `>` marks where the run beside parts from this one. */
function stepLine(step: StepInTurn, columns: readonly [number, number], parting: boolean): Line {
  const { step: name, kernel } = step.one;
  const [names, counts] = columns;
  const row = `${name.padEnd(names)}  ${stepText(step).padEnd(counts)}  ${kernel}`;
  const text = `${parting ? '>' : ' '} ${row}`;
  if (parting) return toned(text, 'mark');
  return matters(step) ? plain(text) : toned(text, 'dim');
}

/** Which step refused the call, and what that does. */
function refusedLines({ result, step }: Outcome): Line[] {
  if (result >= 0) return [];
  return wrapped(`refused by ${step.name}, which ${step.does}`, '  ').split('\n').map(plain);
}

/** @param all those too that only look and pass on */
function stepsLines(now: Moment, all: boolean): Line[] {
  const last = now.take.played.length - 1;
  const played = now.take.played[last];
  if (played === undefined) return [plain('  nothing called yet')];
  const beside = differsAt(now, last) ? now.beside?.take.played[last] : undefined;
  const steps = taken(played);
  const parting = beside && partingStep(steps, taken(beside));
  const shown = steps.filter((step) => all || matters(step));
  const columns = [
    Math.max(...shown.map(({ one }) => one.step.length)),
    Math.max('map_count'.length, ...shown.map((step) => stepText(step).length)),
  ] as const;
  const title = `  ${'step'.padEnd(columns[0])}  ${'map_count'.padEnd(columns[1])}  kernel function`;
  return [
    toned(title, 'bold'),
    ...shown.map((step) => stepLine(step, columns, step === parting)),
    ...refusedLines(played.outcome),
    ...(parting === undefined
      ? []
      : [toned(`  from > on, ${besideName(now)} goes another way`, 'mark')]),
  ];
}

/** `* 3 mremap(0, 1, 1, 0, 0) = -ENOMEM`, and what comes of it beside where that is something else. */
function calledLine(now: Moment, index: number): Line {
  const { call, outcome } = now.take.played[index] as Take['played'][number];
  const differs = differsAt(now, index);
  const there = now.beside?.take.played[index];
  const other =
    differs && there !== undefined
      ? `   ${besideName(now)}: ${outcomeWords(there.outcome, there.before)}`
      : '';
  const text = `${differs ? '*' : ' '} ${String(index + 1).padStart(2)} ${callText(call)} = ${resultText(outcome.result)}${other}`;
  return differs ? toned(text, 'mark') : plain(text);
}

/** Every call so far; `*` marks those that end in another way beside. */
export function historyLines(now: Moment): Line[] {
  const { take, script } = now;
  const lines = take.played.map((_, i) => calledLine(now, i));
  if (take.limit === undefined) return lines;
  lines.splice(script.setup.length, 0, toned(`  -- max_map_count = ${take.limit}`, 'dim'));
  return lines;
}

function menuLines(menu: Menu): Line[] {
  const { title, groups, open } = menu;
  const numbered = (i: number, text: string): Line => plain(`${String(i + 1).padStart(4)} ${text}`);
  if (open !== undefined) {
    const { outcome, calls } = open;
    const head = `${plural(calls.length, 'call')} of ${title}, a number makes one: ${outcome}`;
    return [toned(head, 'bold'), ...calls.map((call, i) => numbered(i, callText(call)))];
  }
  const total = groups.reduce((sum, { calls }) => sum + calls.length, 0);
  const width = Math.max(...groups.map(({ calls }) => grouped(calls.length).length));
  return [
    toned(`${plural(total, 'call')} of ${title} by outcome, a number opens one`, 'bold'),
    ...groups.map(({ outcome, calls }, i) =>
      numbered(i, `${grouped(calls.length).padStart(width)} x ${outcome}`),
    ),
  ];
}

const releaseLines = (now: Moment): Line[] =>
  knownReleases.map((release) => {
    const here = release.id === now.under.on.release.id;
    const text = `${here ? '*' : ' '} ${release.id.padEnd(10)} ${coverage(release)}`;
    return here ? toned(text, 'bold') : plain(text);
  });

const HELP: readonly Line[] = [
  plain('  Type a call, or a command. All numbers are in pages.'),
  ...Object.values(CALL_FORMS).map((form) => plain(`    ${form}`)),
  plain(''),
  ...Object.values(COMMANDS).map(({ key, form, says }) =>
    plain(`  ${key}  ${form.padEnd(24)} ${says}`),
  ),
  plain('  +  - or PgDn PgUp          go down or up in what is shown here'),
  plain(''),
  plain('  Without a limit, calls build the set-up. limit N ends it. A later limit'),
  plain('  or release plays the same calls again, with * where they end otherwise.'),
  plain('  calls mremap(0, 2, *) ENOMEM lists those that would end so; * is any.'),
];

/** All lines of what is shown below the drawing. */
export function paneLines({ pane, now }: Session): readonly Line[] {
  switch (pane.shows) {
    case 'steps':
      return stepsLines(now, pane.all);
    case 'history':
      return historyLines(now);
    case 'releases':
      return releaseLines(now);
    case 'help':
      return HELP;
    case 'menu':
      return menuLines(pane.menu);
  }
}
