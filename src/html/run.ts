import type { Vmas } from '../model/address-space.js';
import { type Call, DONTUNMAP, FIXED } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Machine } from '../model/plan.js';
import { rootOf } from '../model/release.js';
import { type MicroStep, observe } from '../model/run.js';
import { type Pages, RUNNING } from '../model/state.js';
import { resultText } from '../report/words.js';
import type { CaseData } from './case.js';

/** A range of pages, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is to be seen after one step, or before the first. Plain data, so that it can be embedded. */
export interface Frame {
  readonly name: string;
  /** The kernel function that the step stands for; nothing before the call, and where a thread makes none. */
  readonly kernel: string;
  readonly thread?: number;
  readonly vmas: Vmas;
  readonly mapCount: number;
  readonly limit: number;
  /** Tokens of the contents, page + 1 of where each was before the call. */
  readonly pages: Pages;
  readonly source?: Span | undefined;
  readonly destination?: Span | undefined;
  /** The kernel function that was made to fail, with its errno. */
  readonly failed?: string | undefined;
  /** What the call returned, if this step ended it. */
  readonly result?: string | undefined;
  /** It changed something, or ended the call; others are shown on demand. */
  readonly notable: boolean;
}

/** A call, or a race, from before its first step to its end. */
export interface Run {
  readonly release: string;
  /** The release of the model that it is, or is an edit of. */
  readonly root: string;
  readonly frames: readonly Frame[];
  readonly peak: number;
  /** Pages of the window. */
  readonly window: number;
}

/** Of a range that may begin and end within pages, the pages. */
const span = (start: number, length: number): Span | undefined =>
  length > 0 ? { start: Math.floor(start), end: Math.ceil(start + length) } : undefined;

/** Whether the new address of a call counts. */
const asksForPlace = (call: Call): boolean =>
  call.call === 'mremap' && (call.flags & (FIXED | DONTUNMAP)) !== 0;

/** Source and destination as the caller names them. */
export const askedRanges = (call: Call): Pick<Frame, 'source' | 'destination'> => ({
  source: span(call.addr, call.call === 'mremap' ? call.oldLen : call.len),
  destination:
    call.call === 'mremap' && asksForPlace(call) ? span(call.newAddr, call.newLen) : undefined,
});

/** The same as a step has left them. */
function rangesAfter(call: Call, { after }: MicroStep): Pick<Frame, 'source' | 'destination'> {
  if (call.call !== 'mremap') return askedRanges(call);
  // The way back of a failed move has made them change places.
  const { addr, oldLen, newAddr, newLen, undoing } = after;
  const [from, to] = [span(addr, oldLen), span(newAddr, newLen)];
  const there = asksForPlace(call) || newAddr !== call.newAddr;
  const destination = there ? to : undefined;
  return undoing === 0 ? { source: from, destination } : { source: to, destination: from };
}

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
    kernel: step.kernel,
    vmas: after.vmas,
    mapCount: after.mapCount,
    limit: after.env.maxMapCount,
    pages: after.pages,
    ...rangesAfter(call, micro),
    failed: failed === undefined ? undefined : `${failed.kernel} fails with ${failed.errno}`,
    result: ended ? resultText(after.result) : undefined,
    notable: ended || moved || changed || failed !== undefined || before.pages !== after.pages,
  };
}

/** A case on a release, step by step. */
export function runOf(one: CaseData, on: Machine): Run {
  const { limits, before, pages, call, failing } = one;
  const tokens = frameTokens(before, pages);
  const { micro, outcome } = observe(on, limits, before, tokens, call, failing);
  const start: Frame = {
    name: 'before the call',
    kernel: '',
    vmas: before,
    mapCount: before.length,
    limit: limits.maxMapCount,
    pages: tokens,
    ...askedRanges(call),
    notable: true,
  };
  return {
    release: on.release.id,
    root: rootOf(on.release).id,
    frames: [start, ...micro.map((step) => frameOf(call, step))],
    peak: outcome.peak,
    window: pages,
  };
}
