import { isDeepStrictEqual } from 'node:util';
import { mremapCalls } from '../checker/calls.js';
import type { WrittenCall } from '../input/call.js';
import { FLAG_NAMES, type FlagName, flagNames } from '../model/calls.js';
import type { Machine } from '../model/plan.js';
import { wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { Scenario } from './scenario.js';

/** A page is free, mapped read-only, or mapped writable and written; neighbours alike are one VMA. */
const PAGES = ['free', 'r', 'rw'] as const;
type Page = (typeof PAGES)[number];

/** Map slots that are left: from none to as many as the strictest release asks for. */
const MOST_HEADROOM = 6;
/** Calls in one scenario that do nothing. */
const MOST_TOGETHER = 32;

/** Every row of so many pages, those with few mapped pages first. */
function rows(pages: number): Page[][] {
  let all: Page[][] = [[]];
  for (let i = 0; i < pages; i++) all = all.flatMap((row) => PAGES.map((page) => [...row, page]));
  const mapped = (row: readonly Page[]): number => row.filter((page) => page !== 'free').length;
  return all.sort((a, b) => mapped(a) - mapped(b));
}

/** The calls that build it. */
function setupOf(row: readonly Page[]): WrittenCall[] {
  const setup: WrittenCall[] = [];
  for (let addr = 0; addr < row.length; ) {
    const prot = row[addr] as Page;
    let end = addr + 1;
    while (row[end] === prot) end++;
    const len = end - addr;
    if (prot !== 'free') {
      setup.push({ call: 'mmap', addr, len, kind: 'anon', prot, offset: 0 });
      if (prot === 'rw') setup.push({ call: 'touch', addr, len });
    }
    addr = end;
  }
  return setup;
}

/** Every combination of the flags that scenarios have, those that no release accepts among them. */
const flagSets = (): FlagName[][] =>
  FLAG_NAMES.filter((name) => name !== 'UNKNOWN').reduce<FlagName[][]>(
    (sets, name) => sets.flatMap((set) => [set, [...set, name]]),
    [[]],
  );

/** Every mremap() within the window, as scenarios write it. */
const everyCall = (pages: number): WrittenCall[] =>
  mremapCalls(pages, { flags: flagSets(), lengths: 'any', destinations: 'any' }).map((call) => ({
    ...call,
    flags: flagNames(call.flags).filter((name) => name !== 'UNKNOWN'),
  }));

/** Whether, as the model has it, the only call fails and changes nothing. */
function isIdle(on: Machine, scenario: Scenario): boolean {
  const outcome = modelled(on, scenario);
  if (outcome === undefined || !wasSetUp(outcome)) return false;
  const [step] = outcome.steps;
  if (step === undefined || !('errno' in step.result)) return false;
  const { layout, data } = outcome.initial;
  const counters = [step.mapCountDelta, step.totalVmDelta, step.committedDelta];
  return (
    counters.every((delta) => delta === 0) &&
    isDeepStrictEqual({ layout, data }, { layout: step.layout, data: step.data })
  );
}

/**
 * One scenario for each call that does something. Those that, as the model has it, do nothing but fail
 * are made one after the other in scenarios of many: the kernel's outcome is compared behind each, so that
 * it stays the first call in this address space for as long as the two agree.
 */
function* scenariosOf(
  on: Machine,
  space: Omit<Scenario, 'calls'>,
  calls: readonly WrittenCall[],
): Generator<Scenario> {
  let idle: WrittenCall[] = [];
  let made = 0;
  const next = (together: WrittenCall[]): Scenario => ({
    ...space,
    id: `${space.id}-${made++}`,
    calls: together,
  });
  for (const call of calls) {
    if (!isIdle(on, { ...space, calls: [call] })) yield next([call]);
    else if (idle.push(call) === MOST_TOGETHER) {
      yield next(idle);
      idle = [];
    }
  }
  if (idle.length > 0) yield next(idle);
}

/** Scenarios, and which part of them has been taken, from 0 to 1. */
export interface Taken {
  readonly scenarios: Iterable<Scenario>;
  readonly portion: () => number;
}

/**
 * Every address space of so many pages of private anonymous memory that `mmap` alone can map, every mremap()
 * in it with every combination of flags, and every headroom from 0 to 6.
 */
export function exhaustiveScenarios(on: Machine, pages: number): Taken {
  const spaces = rows(pages);
  const calls = everyCall(pages);
  let taken = 0;
  function* scenarios(): Generator<Scenario> {
    for (const [number, row] of spaces.entries()) {
      for (let headroom = 0; headroom <= MOST_HEADROOM; headroom++) {
        const id = `exhaustive-${pages}-${number}-${headroom}`;
        yield* scenariosOf(on, { id, pages, headroom, setup: setupOf(row) }, calls);
      }
      taken++;
    }
  }
  return { scenarios: scenarios(), portion: () => taken / spaces.length };
}
