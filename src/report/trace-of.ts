import type { Counterexample, ShownCall } from '../checker/counterexample.js';
import type { Difference } from '../checker/difference.js';
import type { HistorySearch } from '../checker/history.js';
import type { Moment } from '../checker/interleaving.js';
import type { RaceCounterexample } from '../checker/race-counterexample.js';
import { invariantById } from '../invariants/index.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Outcome } from '../model/outcome.js';
import type { MicroStep } from '../model/run.js';
import { RUNNING, type Shared } from '../model/state.js';
import type { Step } from '../model/step.js';
import { traced } from '../trace/call.js';
import { changesBetween } from '../trace/changes.js';
import {
  type BreachTrace,
  type CallTrace,
  type DifferenceTrace,
  type RaceTrace,
  type ShownTrace,
  TRACE_VERSION,
  type TracedMoment,
  type TracedStep,
} from '../trace/trace.js';
import { written } from '../trace/vma.js';
import { resultText } from './words.js';

interface Beginning {
  readonly pages: number;
  readonly limit: number;
  readonly history: HistorySearch;
  readonly before: Vmas;
}

const begins = ({ pages, limit, history, before }: Beginning) => ({
  pages,
  maxMapCount: limit,
  setup: history.calls?.map(traced) ?? null,
  setupExhausted: history.exhausted,
  setupSearched: history.states,
  before: before.map(written),
});

/** Of a narrowed one too, as `success-effect/one-vma`. */
const statementOf = (invariant: string): string =>
  invariantById(invariant.replace(/[/@].*/, ''))?.statement ?? '';

const broken = (c: Counterexample | RaceCounterexample, bounds: string | null) => ({
  trace: TRACE_VERSION,
  invariant: c.invariant,
  statement: statementOf(c.invariant),
  bounds,
});

/** What a step did to the memory map. */
const ran = (before: Shared, after: Shared) => ({
  mapCountBefore: before.mapCount,
  mapCountAfter: after.mapCount,
  vmasChanged: before.vmas !== after.vmas,
  after: before.vmas === after.vmas ? null : after.vmas.map(written),
  changes: changesBetween([before.vmas, before.pages], [after.vmas, after.pages]),
});

/** What each step of a call did. */
export function stepsOf(call: Call, micro: readonly MicroStep[]): TracedStep[] {
  // Of the calls that are modelled, mremap() alone has steps before it takes the lock.
  let locked = call.call !== 'mremap';
  return micro.map(({ step, before, after, failed }) => {
    locked ||= step.takesLock === true;
    const { addr, oldLen, newAddr, newLen } = after;
    return {
      step: step.name,
      kernel: step.kernel,
      ...ran(before, after),
      locked,
      result: after.result === RUNNING ? null : resultText(after.result),
      failed: failed?.kernel ?? null,
      ranges: { addr, oldLen, newAddr, newLen },
      piece: after.several?.pieces ?? 0,
    };
  });
}

const endedBy = ({ name, kernel, does }: Step) => ({ step: name, kernel, does });

/** What a call made of an address space. */
const came = (before: Vmas, pages: number, outcome: Outcome) => ({
  result: resultText(outcome.result),
  after: outcome.vmas.map(written),
  changes: changesBetween([before, frameTokens(before, pages)], [outcome.vmas, outcome.pages]),
  endedBy: endedBy(outcome.step),
});

/** A call step by step, whether it breaks something or not. */
export const shownTraceOf = (c: ShownCall): ShownTrace => ({
  ...begins(c),
  release: c.release,
  explanation: c.explanation,
  limits: c.within,
  limitedFromStart: c.limitedFromStart,
  call: traced(c.call),
  failures: c.outcome.failures.map(({ step, point, at }) => ({
    at,
    step: step.name,
    kernel: point.kernel,
    errno: point.errno,
  })),
  ...came(c.before, c.pages, c.outcome),
  mapCount: { before: c.before.length, after: c.outcome.mapCount, peak: c.outcome.peak },
  accounts: c.outcome.accounts,
  steps: stepsOf(c.call, c.micro),
});

const callTrace = (c: Counterexample, bounds: string | null): CallTrace => ({
  kind: 'call',
  ...broken(c, bounds),
  ...shownTraceOf(c),
});

function momentOf({ thread, step, before, after, result }: Moment, locked: boolean): TracedMoment {
  return {
    thread,
    step: step?.name ?? null,
    kernel: step?.kernel ?? null,
    ...ran(before, after),
    locked,
    result: result === undefined ? null : resultText(result),
    counts: step?.count !== undefined,
    takesLock: step?.takesLock === true,
    maxMapCount: after.env.maxMapCount,
  };
}

function momentsOf({ deeds, moments }: RaceCounterexample): TracedMoment[] {
  const holders = new Set<number>();
  return moments.map((moment) => {
    const { thread, step, result } = moment;
    const deed = deeds[thread];
    const takes =
      deed?.does === 'call' && (deed.call.call !== 'mremap' || step?.takesLock === true);
    if (takes) holders.add(thread);
    const traced = momentOf(moment, holders.has(thread));
    if (result !== undefined) holders.delete(thread);
    return traced;
  });
}

const raceTrace = (c: RaceCounterexample, bounds: string | null): RaceTrace => ({
  kind: 'race',
  ...broken(c, bounds),
  ...begins(c),
  release: c.release,
  explanation: c.explanation,
  threads: c.deeds.map((deed, i) => {
    const result = c.results[i];
    if (deed.does === 'read') return { does: 'read', seen: result ?? null };
    if (deed.does === 'lower') return { does: 'lower', maxMapCount: deed.limit };
    const text = result === undefined ? null : resultText(result);
    return { does: 'call', call: traced(deed.call), result: text };
  }),
  after: c.after.map(written),
  maxMapCountAfter: c.limitAfter,
  interleaving: momentsOf(c),
});

/**
 * A counterexample as a trace.
 *
 * @param bounds those of the search that found it, in words
 */
export const traceOf = (
  c: Counterexample | RaceCounterexample,
  bounds: string | null = null,
): BreachTrace => ('moments' in c ? raceTrace(c, bounds) : callTrace(c, bounds));

/** A difference of two releases as a trace, which has both side by side. */
export function differenceTraceOf(d: Difference, bounds: string | null = null): DifferenceTrace {
  const side = (i: 0 | 1): DifferenceTrace['outcomes'][number] => ({
    release: d.releases[i],
    mapCount: d.outcomes[i].mapCount,
    ...came(d.before, d.pages, d.outcomes[i]),
    steps: stepsOf(d.call, d.micro[i]),
  });
  return {
    kind: 'difference',
    trace: TRACE_VERSION,
    ...begins(d),
    bounds,
    call: traced(d.call),
    outcomes: [side(0), side(1)],
  };
}
