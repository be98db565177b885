import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Outcome } from '../model/outcome.js';
import {
  advance,
  begin,
  hasEnded,
  outcomeAt,
  type Pending,
  stepNumberOf,
  stepOf,
} from '../model/pending.js';
import type { Machine } from '../model/plan.js';
import { type Env, env, type Pages, type Shared, type State, withShared } from '../model/state.js';
import type { Step } from '../model/step.js';

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

/** What a thread comes to with a step; the rest of it stays. */
interface Gone {
  readonly pending?: Pending;
  readonly before?: Vmas;
  readonly env?: Env;
  readonly steps?: readonly number[];
  readonly ended?: Outcome;
  readonly seen?: number;
  readonly done?: boolean;
}

/** How far a thread is. A class, as `State` is one, and for its key. */
class Thread {
  /** Most situations have all threads but one from the one before. */
  private known: string | undefined;

  constructor(
    readonly deed: Deed,
    /** A call under way. */
    readonly pending: Pending | undefined,
    /** As `Ended` has it, so far. */
    readonly before: Vmas,
    readonly env: Env,
    readonly steps: readonly number[] = [],
    readonly ended?: Outcome,
    /** The map_count that a reader saw. */
    readonly seen?: number,
    readonly done = false,
  ) {}

  with(gone: Gone): Thread {
    return new Thread(
      this.deed,
      gone.pending ?? this.pending,
      gone.before ?? this.before,
      gone.env ?? this.env,
      gone.steps ?? this.steps,
      gone.ended ?? this.ended,
      gone.seen ?? this.seen,
      gone.done ?? this.done,
    );
  }

  get key(): string {
    this.known ??= threadKey(this);
    return this.known;
  }
}

/** A race between two steps. A class for the same reason. */
export class Situation {
  constructor(
    readonly on: Machine,
    readonly pages: number,
    readonly threads: readonly Thread[],
    /** What all threads share; its frame tokens are those of the call that holds the lock. */
    readonly shared: Shared,
    /** The thread that holds the mmap lock; -1 for none. */
    readonly holder: number,
    /** Highest map_count since the lock was taken. */
    readonly peak: number,
    /** Where the frames are that were mapped when the race began. */
    readonly frames: Pages,
  ) {}

  /** What a step of one thread leads to. */
  after(
    index: number,
    gone: Gone,
    shared = this.shared,
    holder = this.holder,
    peak = this.peak,
    frames = this.frames,
  ): Situation {
    const threads = this.threads.slice();
    threads[index] = (this.threads[index] as Thread).with(gone);
    return new Situation(this.on, this.pages, threads, shared, holder, peak, frames);
  }
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
  if (s.holder === index) {
    const ended = outcomeAt(pending, s.peak);
    const frames = carried(s.frames, ended.pages);
    return s.after(index, { ended, done: true }, s.shared, -1, s.peak, frames);
  }
  const { before } = s.threads[index] as Thread;
  const { env: met } = pending.state;
  const pages = frameTokens(before, s.pages);
  const untouched = { env: met, vmas: before, mapCount: before.length, pages };
  const state = withShared(pending.state, untouched);
  const ended = outcomeAt({ plan: pending.plan, at: pending.at, state }, before.length);
  return s.after(index, { ended, done: true });
}

/** The thread takes the lock, or looks at what others may change: what its call is judged from. */
function meets(s: Situation, index: number, pending: Pending): Situation {
  if (s.holder === index || looksAway(pending)) return s;
  const { shared, holder } = s;
  const before = holder < 0 ? shared.vmas : (s.threads[holder] as Thread).before;
  const met = { before, env: shared.env };
  if (!takesLock(pending)) return s.after(index, met);
  const named = { ...shared, pages: frameTokens(shared.vmas, s.pages) };
  return s.after(index, met, named, index, shared.mapCount);
}

/** What others can see when the holder of the lock has run a step. */
function sharedBy({ state }: Pending, before: Shared): Shared {
  const { vmas, mapCount, pages } = state;
  const isSame = vmas === before.vmas && mapCount === before.mapCount && pages === before.pages;
  return isSame ? before : { env: before.env, vmas, mapCount, pages };
}

/** Whether a thread that has run a step pauses before it runs the next. */
type Pauses = (ran: Pending, next: Pending, shared: Shared) => boolean;

const ALWAYS: Pauses = () => true;

/** A step of a thread's call, and those behind it up to a pause. */
function runCall(s: Situation, index: number, pauses: Pauses, follow?: Follower): Situation {
  const thread = s.threads[index] as Thread & { pending: Pending };
  const met = meets(s, index, thread.pending);
  const holds = met.holder === index;
  const steps = thread.steps.slice();
  let { pending } = thread;
  let { shared, peak } = met;
  for (;;) {
    const [ran, before] = [pending, shared];
    pending = advance(ran, before);
    steps.push(stepNumberOf(ran));
    if (holds) shared = sharedBy(pending, before);
    peak = Math.max(peak, shared.mapCount);
    const ended = hasEnded(pending);
    const result = ended ? pending.state.result : undefined;
    follow?.({ thread: index, step: stepOf(ran), before, after: shared, result });
    if (!ended && !pauses(ran, pending, shared)) continue;
    const after = met.after(index, { pending, steps }, shared, met.holder, peak);
    return ended ? endCall(after, index, pending) : after;
  }
}

/** What a thread does at once that makes no call. */
function act(s: Situation, index: number, follow?: Follower): Situation {
  const { deed } = s.threads[index] as Thread;
  const { shared } = s;
  const after =
    deed.does === 'lower' ? { ...shared, env: env(deed.limit, shared.env.taskEnd) } : shared;
  follow?.({ thread: index, step: undefined, before: shared, after, result: undefined });
  const seen = deed.does === 'read' ? { seen: shared.mapCount } : {};
  return s.after(index, { ...seen, done: true }, after);
}

/** Steps without the lock that look at the arguments alone come at any time to the same. */
const UNTIL_IT_LOOKS: Pauses = (_, next) => !looksAway(next);

function lookAway(s: Situation, index: number, follow?: Follower): Situation {
  const { pending } = s.threads[index] as Thread;
  return pending !== undefined && looksAway(pending)
    ? runCall(s, index, UNTIL_IT_LOOKS, follow)
    : s;
}

/** What a thread that does not hold the lock would see of what the holder does. */
const watches = ({ deed, pending, done }: Thread): 'count' | 'all' | undefined => {
  if (done || deed.does === 'lower') return undefined;
  if (deed.does === 'read') return 'count';
  if (pending === undefined || takesLock(pending)) return undefined;
  return stepOf(pending).sees === 'headroom' ? 'count' : 'all';
};

/**
 * Whether it matters to anyone that the holder of the lock pauses. A watcher tells two pauses apart
 * only by map_count and the limit; a lowered limit is told apart only by the steps with a `count`, by
 * what a call is judged in when it takes the lock, and by watchers. None of the others does anything
 * meanwhile: who watches is the same up to the pause.
 */
function whereItMatters({ threads, shared: last }: Situation, index: number): Pauses {
  const others = threads.filter((_, i) => i !== index);
  const watching = others.map(watches);
  if (watching.includes('all')) return ALWAYS;
  const watched = watching.includes('count');
  const lowering = others.some(({ deed, done }) => deed.does === 'lower' && !done);
  return (ran, next, shared) =>
    (watched && shared.mapCount !== last.mapCount) ||
    (lowering &&
      (stepOf(next).count !== undefined ||
        (watched && (stepOf(ran).count !== undefined || takesLock(ran)))));
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
  if (pending === undefined) return act(s, index, follow);
  if (!blocks) return runCall(s, index, ALWAYS, follow);
  const locked = s.holder === index || takesLock(pending);
  return runCall(s, index, locked ? whereItMatters(s, index) : UNTIL_IT_LOOKS, follow);
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
  const threads = deeds.map((deed) => {
    const pending = deed.does === 'call' ? begin(on, shared, deed.call) : undefined;
    return new Thread(deed, pending, vmas, limits);
  });
  const first = new Situation(on, limits.taskEnd, threads, shared, -1, vmas.length, pages);
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

/** The rest of a call that holds the lock: what its steps go on from, but for what is in the key already. */
function courseKey(s: State): string {
  const { total, locked, committed } = s.accounts;
  const ranges = `${s.addr},${s.oldLen},${s.newAddr},${s.newLen}`;
  const several = s.several === undefined ? '' : JSON.stringify(s.several);
  return `${ranges};${s.pages};${several};${s.sourceKept};${total},${locked},${committed};${s.charged};${s.undoing};${s.unmapped}`;
}

/** Equal for two situations of one race from which all goes on alike; of races that are over, for two that came to the same. */
export function keyOf({ threads, shared, holder, frames, peak }: Situation): string {
  const { env: now, vmas, mapCount } = shared;
  let key = `${now.maxMapCount};${vmas};${mapCount};${frames}`;
  for (const thread of threads) key += `|${thread.key}`;
  if (holder < 0) return key;
  const { pending } = threads[holder] as Thread & { pending: Pending };
  return `${key}|${holder};${peak};${courseKey(pending.state)}`;
}
