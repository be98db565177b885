import type { Scenario } from '../conformance/scenario.js';
import { BadInput } from '../input/bad-input.js';
import { modelCall } from '../input/call.js';
import { type Machine, machine } from '../model/plan.js';
import type { Command } from './command.js';
import { entryOf, type Menu, menu } from './menu.js';
import {
  besides,
  called,
  emptyWindow,
  headroomFor,
  limited,
  type Moment,
  switched,
} from './moment.js';

/** What is shown below the drawing. */
type Pane =
  | { readonly shows: 'history' | 'releases' | 'help' }
  | { readonly shows: 'steps'; readonly all: boolean }
  | { readonly shows: 'menu'; readonly menu: Menu };

/** An exploration: what there is, what undo and redo lead to, and what is shown. Never modified. */
export interface Session {
  readonly past: readonly Moment[];
  readonly now: Moment;
  readonly future: readonly Moment[];
  readonly pane: Pane;
  /** First line of the pane that is shown. */
  readonly top: number;
}

/** Commands that change nothing but the session; the others are the business of who runs it. */
export type SessionCommand = Exclude<Command, { readonly do: 'save' | 'quit' }>;

/** Behind each call: those of its steps that did something. */
const STEPS: Pane = { shows: 'steps', all: false };
/** Lines that a page down or up goes. */
const SCROLL = 6;

/** An empty window of so many pages, without a limit. */
export const start = (pages: number, on: Machine): Session => ({
  past: [],
  now: emptyWindow(pages, on),
  future: [],
  pane: { shows: 'help' },
  top: 0,
});

const shown = (what: 'steps' | 'history' | 'releases' | 'help'): Pane =>
  what === 'steps' ? { shows: what, all: true } : { shows: what };

const showing = (session: Session, pane: Pane): Session => ({ ...session, pane, top: 0 });

/** One more moment, from which undo leads back to the one that was. */
const onTo = ({ past, now }: Session, next: Moment): Session => ({
  past: [...past, now],
  now: next,
  future: [],
  pane: STEPS,
  top: 0,
});

function undone(session: Session): Session {
  const { past, now, future } = session;
  const last = past.at(-1);
  if (last === undefined) throw new BadInput('undo: found nothing to take back');
  return showing(
    { ...session, past: past.slice(0, -1), now: last, future: [now, ...future] },
    STEPS,
  );
}

function redone(session: Session): Session {
  const { past, now, future } = session;
  const [next, ...rest] = future;
  if (next === undefined) throw new BadInput('redo: found nothing that was taken back');
  return showing({ ...session, past: [...past, now], now: next, future: rest }, STEPS);
}

const repeated = (session: Session, times: number, once: (s: Session) => Session): Session =>
  Array.from({ length: times }).reduce<Session>(once, session);

function menuOf({ now }: Session, command: Command & { readonly do: 'calls' }): Menu {
  const { pattern, filter } = command;
  const title = [`${pattern.word}(${pattern.args.join(', ')})`, ...filter].join(' ');
  return menu({ pattern, filter, title }, now);
}

function chosen(session: Session, number: number): Session {
  const { pane } = session;
  if (pane.shows !== 'menu') {
    throw new BadInput(
      `found ${number}, expected a command; a number chooses from what calls lists`,
    );
  }
  const entry = entryOf(pane.menu, number);
  if ('call' in entry) return onTo(session, called(session.now, entry));
  return showing(session, { shows: 'menu', menu: { ...pane.menu, open: entry } });
}

/** The first limit makes no call again: what it is the limit of is shown instead. */
function withLimit(session: Session, headroom: number | undefined): Session {
  const next = onTo(session, limited(session.now, headroom));
  const first = session.now.under.headroom === undefined;
  return first ? showing(next, { shows: 'history' }) : next;
}

/**
 * The session after a command. Throws BadInput, or ModelLimitError where a call leaves what the model can
 * hold.
 */
export function obey(session: Session, command: SessionCommand): Session {
  const { now } = session;
  switch (command.do) {
    case 'call':
      return command.calls.reduce((s, call) => onTo(s, called(s.now, call)), session);
    case 'choose':
      return chosen(session, command.number);
    case 'calls':
      return showing(session, { shows: 'menu', menu: menuOf(session, command) });
    case 'undo':
      return repeated(session, command.times, undone);
    case 'redo':
      return repeated(session, command.times, redone);
    case 'release':
      return onTo(session, switched(now, machine(command.release)));
    case 'beside':
      return onTo(session, besides(now, command.release && machine(command.release)));
    case 'headroom':
      return withLimit(session, command.value);
    case 'limit': {
      const { value } = command;
      return withLimit(session, value === undefined ? value : headroomFor(now, value));
    }
    case 'show':
      return showing(session, shown(command.what));
    case 'page':
      return { ...session, top: Math.max(0, session.top + command.by * SCROLL) };
  }
}

/**
 * A scenario with all of its calls made, each of which undo takes back. Throws as `obey` does.
 *
 * @param beside a release whose outcomes are shown beside them
 */
export function startFrom(
  { pages, setup, headroom, calls }: Scenario,
  on: Machine,
  beside: Machine | undefined,
): Session {
  const empty = start(pages, on);
  const begun = { ...empty, now: besides(empty.now, beside) };
  const built = obey(begun, { do: 'call', calls: setup.map(modelCall) });
  const limitSet = obey(built, { do: 'headroom', value: headroom });
  return obey(limitSet, { do: 'call', calls: calls.map(modelCall) });
}
