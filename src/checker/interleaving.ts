import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import {
  advance,
  begin,
  hasEnded,
  type Machine,
  type Outcome,
  outcomeAt,
  type Pending,
  stepNumberOf,
  stepOf,
} from '../model/run.js';
import { type Env, env, type Pages, type Shared } from '../model/state.js';
import type { Step } from '../model/step.js';
import { frameTokens } from './spaces.js';

/** What one thread does in one race. */
export type Deed =
  | { readonly does: 'call'; readonly call: Call }
  /** Lowers max_map_count to `limit`. */
  | { readonly does: 'lower'; readonly limit: number }
  | { readonly does: 'read' };

/** What an ended call took the lock in, or saw last without it, and what it came to. */
export interface Ended {
  readonly before: Vmas;
  readonly env: Env;
  readonly outcome: Outcome;
  /** Numbers of the steps that it ran. */
  readonly steps: readonly number[];
}

/** How far a thread is. */
interface Thread {
  readonly deed: Deed;
  /** A call under way. */
  readonly pending?: Pending;
  /** As `Ended` has it, so far. */
  readonly before: Vmas;
  readonly env: Env;
  readonly steps: readonly number[];
  readonly ended?: Outcome;
  /** The map_count that a reader saw. */
  readonly seen?: number;
  readonly done: boolean;
}

/** A race between two steps. */
export interface Situation {
  readonly on: Machine;
  readonly pages: number;
  readonly threads: readonly Thread[];
  /** What all threads share; its frame tokens are those of the call that holds the lock. */
  readonly shared: Shared;
  /** The thread that holds the mmap lock; -1 for none. */
  readonly holder: number;
  /** Highest map_count since the lock was taken. */
  readonly peak: number;
  /** Where the frames are that were mapped when the race began. */
  readonly frames: Pages;
}

/** One step of one thread, for who follows a race; without a step for a thread that makes no call. */
export interface Moment {
  readonly thread: number;
  readonly step: Step | undefined;
  readonly before: Shared;
  readonly after: Shared;
  /** What the call returned, if this ended it. */
  readonly result: number | undefined;
}

export type Follower = (moment: Moment) => void;

/** Where the frames of a race are, when a call has moved those that it found. */
export const carried = (frames: Pages, tokens: Pages): Pages =>
  tokens.map((token) => (token === 0 ? 0 : (frames[token - 1] as number)));

const withThread = (s: Situation, index: number, change: Partial<Thread>): Situation => ({
  ...s,
  threads: s.threads.map((thread, i) => (i === index ? { ...thread, ...change } : thread)),
});

/** Only mremap() has steps before it takes the lock. */
const takesLock = (pending: Pending): boolean =>
  pending.state.call.call !== 'mremap' || stepOf(pending).takesLock === true;

/** Whether a step without the lock looks at nothing that others can change. */
const looksAway = (pending: Pending): boolean =>
  !takesLock(pending) && stepOf(pending).sees === 'arguments';

/** Whether a thread can go on. */
export function isEnabled({ threads, holder }: Situation, index: number): boolean {
  const { done, pending } = threads[index] as Thread;
  if (done) return false;
  return pending === undefined || holder === index || holder < 0 || !takesLock(pending);
}

function endCall(s: Situation, index: number, pending: Pending): Situation {
  const { before } = s.threads[index] as Thread;
  if (s.holder !== index) {
    const { shared } = s;
    const untouched = { ...pending.state, vmas: before, mapCount: before.length };
    const pages = frameTokens(before, s.pages);
    const ended = outcomeAt({ ...pending, state: { ...untouched, pages } }, before.length);
    return { ...withThread(s, index, { ended, done: true }), shared };
  }
  const ended = outcomeAt(pending, s.peak);
  return {
    ...withThread(s, index, { ended, done: true }),
    holder: -1,
    frames: carried(s.frames, ended.pages),
  };
}

/** The thread takes the lock, or looks at what others may change: what its call is judged from. */
function meets(s: Situation, index: number, pending: Pending): Situation {
  if (s.holder === index || looksAway(pending)) return s;
  const { shared, holder } = s;
  const before = holder < 0 ? shared.vmas : (s.threads[holder] as Thread).before;
  const met = withThread(s, index, { before, env: shared.env });
  if (!takesLock(pending)) return met;
  return {
    ...met,
    holder: index,
    peak: shared.mapCount,
    shared: { ...shared, pages: frameTokens(shared.vmas, s.pages) },
  };
}

function stepCall(s: Situation, index: number, follow?: Follower): Situation {
  const { pending: now, steps } = s.threads[index] as Thread & { pending: Pending };
  const met = meets(s, index, now);
  const pending = advance(now, met.shared);
  const { vmas, mapCount, pages, result } = pending.state;
  const holds = met.holder === index;
  const shared = holds ? { ...met.shared, vmas, mapCount, pages } : met.shared;
  const gone = withThread(met, index, { pending, steps: [...steps, stepNumberOf(now)] });
  const after = { ...gone, shared, peak: Math.max(gone.peak, shared.mapCount) };
  const ended = hasEnded(pending);
  follow?.({
    thread: index,
    step: stepOf(now),
    before: met.shared,
    after: shared,
    result: ended ? result : undefined,
  });
  return ended ? endCall(after, index, pending) : after;
}

/** One step of one thread, which can go on. */
function stepOnce(s: Situation, index: number, follow?: Follower): Situation {
  const { deed } = s.threads[index] as Thread;
  if (deed.does === 'call') return stepCall(s, index, follow);
  const { shared } = s;
  const after =
    deed.does === 'read' ? shared : { ...shared, env: env(deed.limit, shared.env.taskEnd) };
  follow?.({ thread: index, step: undefined, before: shared, after, result: undefined });
  const seen = deed.does === 'read' ? { seen: shared.mapCount } : {};
  return { ...withThread(s, index, { ...seen, done: true }), shared: after };
}

/** Steps without the lock that look at the arguments alone come at any time to the same. */
function lookAway(s: Situation, index: number, follow?: Follower): Situation {
  let now = s;
  for (;;) {
    const { pending, done } = now.threads[index] as Thread;
    if (done || pending === undefined || now.holder === index || !looksAway(pending)) return now;
    now = stepOnce(now, index, follow);
  }
}

/** What a thread that does not hold the lock would see of what the holder does. */
const watches = ({ deed, pending, done }: Thread): 'count' | 'all' | undefined => {
  if (done || deed.does === 'lower') return undefined;
  if (deed.does === 'read') return 'count';
  if (pending === undefined || takesLock(pending)) return undefined;
  return stepOf(pending).sees === 'headroom' ? 'count' : 'all';
};

/**
 * Whether it matters to anyone that the holder of the lock pauses here. A watcher tells two pauses apart
 * only by map_count and the limit; a lowered limit is told apart only by the steps with a `count`, by
 * what a call is judged in when it takes the lock, and by watchers.
 */
function isPause(s: Situation, index: number, from: Situation, ran: Pending): boolean {
  const others = s.threads.filter((_, i) => i !== index);
  const watching = others.map(watches);
  if (watching.includes('all')) return true;
  const watched = watching.includes('count');
  if (watched && s.shared.mapCount !== from.shared.mapCount) return true;
  if (!others.some(({ deed, done }) => deed.does === 'lower' && !done)) return false;
  const { pending } = s.threads[index] as Thread;
  if (pending !== undefined && stepOf(pending).count !== undefined) return true;
  return watched && (stepOf(ran).count !== undefined || takesLock(ran));
}

/** The holder of the lock goes on, or a thread takes it, up to where a pause matters. */
function runLocked(s: Situation, index: number, follow?: Follower): Situation {
  let now = s;
  for (;;) {
    const { pending } = now.threads[index] as Thread & { pending: Pending };
    now = stepOnce(now, index, follow);
    if ((now.threads[index] as Thread).done || isPause(now, index, s, pending)) return now;
  }
}

/**
 * A thread that can goes on: by one step, or (`blocks`) up to the next point at which it matters to
 * another thread. With blocks no set of behaviours is smaller.
 */
export function proceed(
  s: Situation,
  index: number,
  blocks: boolean,
  follow?: Follower,
): Situation {
  const { pending } = s.threads[index] as Thread;
  if (!blocks) return stepOnce(s, index, follow);
  if (pending !== undefined && (s.holder === index || takesLock(pending))) {
    return runLocked(s, index, follow);
  }
  return lookAway(stepOnce(s, index, follow), index, follow);
}

/** A race before its first step, or (`blocks`) where each call is past the steps that look at nothing else. */
export function start(
  on: Machine,
  vmas: Vmas,
  limits: Env,
  deeds: readonly Deed[],
  blocks: boolean,
  follow?: Follower,
): Situation {
  const pages = frameTokens(vmas, limits.taskEnd);
  const shared: Shared = { env: limits, vmas, mapCount: vmas.length, pages };
  const threads = deeds.map((deed): Thread => {
    const idle = { deed, before: vmas, env: limits, steps: [], done: false };
    return deed.does === 'call' ? { ...idle, pending: begin(on, shared, deed.call) } : idle;
  });
  const first: Situation = {
    on,
    pages: limits.taskEnd,
    threads,
    shared,
    holder: -1,
    peak: vmas.length,
    frames: pages,
  };
  return blocks ? deeds.reduce((s, _, i) => lookAway(s, i, follow), first) : first;
}

export const isOver = ({ threads }: Situation): boolean => threads.every(({ done }) => done);

/** The calls of a race that is over, in the order of their threads. */
export const endings = ({ threads }: Situation): { readonly call: Call; readonly end: Ended }[] =>
  threads.flatMap(({ deed, ended, before, env: met, steps }) =>
    deed.does === 'call' && ended !== undefined
      ? [{ call: deed.call, end: { before, env: met, outcome: ended, steps } }]
      : [],
  );

/** What the readers saw. */
export const readsOf = ({ threads }: Situation): number[] =>
  threads.flatMap(({ seen }) => (seen === undefined ? [] : [seen]));

/** Where a call goes on follows from the steps that it has run. */
function threadKey({ before, env: met, steps, ended, seen, done }: Thread): string {
  const key = `${before};${met.maxMapCount};${steps};${seen};${done}`;
  if (ended === undefined) return key;
  const { result, vmas, mapCount, pages, accounts, peak, pieces } = ended;
  const { total, locked, committed } = accounts;
  return `${key};${result};${vmas};${mapCount};${pages};${total},${locked},${committed};${peak};${pieces}`;
}

/** Equal for two situations of one race from which all goes on alike; of races that are over, for two that came to the same. */
export function keyOf({ threads, shared, holder, frames, peak }: Situation): string {
  const { env: now, vmas, mapCount } = shared;
  const key = `${threads.map(threadKey).join('|')}|${now.maxMapCount};${vmas};${mapCount};${frames}`;
  if (holder < 0) return key;
  return `${key}|${holder};${peak};${JSON.stringify((threads[holder] as Thread).pending?.state)}`;
}
