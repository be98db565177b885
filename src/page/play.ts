import { frameTokens } from '../checker/spaces.js';
import type { CaseData, RaceData } from '../html/data.js';
import type { Vmas } from '../model/address-space.js';
import { type Call, DONTUNMAP, FIXED } from '../model/calls.js';
import { releaseByRef } from '../model/releases/variant.js';
import { type MicroStep, machine, observe } from '../model/run.js';
import { NOT_FOLLOWED, type Pages, RUNNING } from '../model/state.js';
import type { Step } from '../model/step.js';
import { resultText } from '../report/words.js';

/** A range of pages, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is to be seen after one step, or before the first. */
export interface Frame {
  readonly name: string;
  /** The step of the model; undefined before the call, and where a thread makes none. */
  readonly step: Step | undefined;
  readonly thread?: number;
  readonly vmas: Vmas;
  readonly mapCount: number;
  readonly limit: number;
  /** Tokens of the contents, page + 1 of where each was before the call. */
  readonly pages: Pages;
  readonly source: Span | undefined;
  readonly destination: Span | undefined;
  /** The kernel function that was made to fail, with its errno. */
  readonly failed: string | undefined;
  /** What the call returned, if this step ended it. */
  readonly result: string | undefined;
  /** It changed something, or ended the call; others are shown on demand. */
  readonly notable: boolean;
}

/** A call, or a race, from before its first step to its end. */
export interface Run {
  readonly release: string;
  readonly frames: readonly Frame[];
  readonly peak: number;
  /** Pages of the window. */
  readonly window: number;
}

const span = (start: number, length: number): Span | undefined =>
  length > 0 ? { start: Math.floor(start), end: Math.ceil(start + length) } : undefined;

const rangesOf = (call: Call, { after }: MicroStep): Pick<Frame, 'source' | 'destination'> => {
  if (call.call !== 'mremap') return { source: span(call.addr, call.len), destination: undefined };
  // The way back of a failed move has made them change places.
  const { addr, oldLen, newAddr, newLen, undoing } = after;
  const [from, to] = [span(addr, oldLen), span(newAddr, newLen)];
  const there = asksForPlace(call) || newAddr !== call.newAddr;
  const destination = there ? to : undefined;
  return undoing === 0 ? { source: from, destination } : { source: to, destination: from };
};

const asksForPlace = (call: Call): boolean =>
  call.call === 'mremap' && (call.flags & (FIXED | DONTUNMAP)) !== 0;

function frameOf(call: Call, micro: MicroStep): Frame {
  const { step, before, after, failed } = micro;
  const ended = after.result !== RUNNING;
  const moved =
    before.addr !== after.addr ||
    before.newAddr !== after.newAddr ||
    before.oldLen !== after.oldLen;
  const changed = before.vmas !== after.vmas || before.mapCount !== after.mapCount;
  return {
    name: step.name,
    step,
    vmas: after.vmas,
    mapCount: after.mapCount,
    limit: after.env.maxMapCount,
    pages: after.pages,
    ...rangesOf(call, micro),
    failed: failed === undefined ? undefined : `${failed.kernel} fails with ${failed.errno}`,
    result: ended ? resultText(after.result) : undefined,
    notable: ended || moved || changed || failed !== undefined || before.pages !== after.pages,
  };
}

function runCase(one: CaseData, release: string): Run {
  const { limits, before, pages, call, failing } = one;
  const tokens = frameTokens(before, pages);
  const on = machine(releaseByRef(release));
  const { micro, outcome } = observe(on, limits, before, tokens, call, failing);
  const asked = call.call === 'mremap' ? span(call.addr, call.oldLen) : span(call.addr, call.len);
  const start: Frame = {
    name: 'before the call',
    step: undefined,
    vmas: before,
    mapCount: before.length,
    limit: limits.maxMapCount,
    pages: tokens,
    source: asked,
    destination:
      call.call === 'mremap' && asksForPlace(call) ? span(call.newAddr, call.newLen) : undefined,
    failed: undefined,
    result: undefined,
    notable: true,
  };
  return {
    release,
    frames: [start, ...micro.map((step) => frameOf(call, step))],
    peak: outcome.peak,
    window: pages,
  };
}

const runs = new Map<string, Run>();

/** A case on any release: run once, then remembered. */
export function played(one: CaseData, at: number, release: string): Run {
  const key = `${at} ${release}`;
  const run = runs.get(key) ?? runCase(one, release);
  runs.set(key, run);
  return run;
}

/** A race as it was recorded; it is not run again. */
export function playedRace(race: RaceData): Run {
  const { calls } = releaseByRef(race.release);
  let vmas: Vmas = race.before;
  let mapCount = race.before.length;
  let { limit } = race;
  const start: Frame = {
    name: 'before the race',
    step: undefined,
    vmas,
    mapCount,
    limit,
    pages: NOT_FOLLOWED,
    source: undefined,
    destination: undefined,
    failed: undefined,
    result: undefined,
    notable: true,
  };
  const frames = race.moments.map((moment): Frame => {
    const deed = race.threads[moment.thread];
    const call = deed?.does === 'call' ? deed.call : undefined;
    const step = call && calls[call.call].find(({ name }) => name === moment.step);
    const changed = moment.vmas !== null || moment.mapCount !== mapCount || moment.limit !== limit;
    vmas = moment.vmas ?? vmas;
    ({ mapCount, limit } = moment);
    const place = call?.call === 'mremap' && asksForPlace(call) ? call : undefined;
    return {
      name: moment.step ?? (deed?.does === 'lower' ? 'lowers max_map_count' : 'reads map_count'),
      step,
      thread: moment.thread,
      vmas,
      mapCount,
      limit,
      pages: NOT_FOLLOWED,
      source: call && span(call.addr, call.call === 'mremap' ? call.oldLen : call.len),
      destination: place && span(place.newAddr, place.newLen),
      failed: undefined,
      result: moment.result ?? undefined,
      notable:
        changed ||
        moment.result !== null ||
        moment.step === null ||
        step?.takesLock === true ||
        step?.count !== undefined,
    };
  });
  const all = [start, ...frames];
  return {
    release: race.release,
    frames: all,
    peak: Math.max(...all.map((frame) => frame.mapCount)),
    window: race.pages,
  };
}
