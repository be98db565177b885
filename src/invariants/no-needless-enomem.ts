import { withoutStep } from '../model/release.js';
import { type Machine, machine, type Outcome, Recorder, run } from '../model/run.js';
import type { Invariant, Transition } from './invariant.js';
import { failed, refusedForMapSlots } from './untouched.js';

const relaxed = new WeakMap<Machine, Map<string, Machine>>();

/** The release without one of its steps; made once. */
function without(on: Machine, step: string): Machine {
  let variants = relaxed.get(on);
  if (variants === undefined) {
    variants = new Map();
    relaxed.set(on, variants);
  }
  let variant = variants.get(step);
  if (variant === undefined) {
    variant = machine(withoutStep(on.release, step));
    variants.set(step, variant);
  }
  return variant;
}

/** The latest relaxed run: a search asks for the same call under one limit after the other. */
let latest:
  | (Pick<Transition, 'on' | 'before' | 'call'> & {
      readonly taskEnd: number;
      readonly outcome: Outcome;
    })
  | undefined;
const recorder = new Recorder();

/** What the call would have done had the check that refused it not been there. */
function unchecked({ on, env, before, pages, call, outcome: refused }: Transition): Outcome {
  const relaxedOn = without(on, refused.step.name);
  const { maxMapCount: limit, taskEnd } = env;
  if (
    latest?.call === call &&
    latest.before === before &&
    latest.on === relaxedOn &&
    latest.taskEnd === taskEnd &&
    recorder.from <= limit &&
    limit <= recorder.to
  ) {
    return latest.outcome;
  }
  recorder.clear();
  const outcome = run(relaxedOn, env, before, pages, call, recorder);
  latest = { on: relaxedOn, before, call, taskEnd, outcome };
  return outcome;
}

export const noNeedlessEnomem: Invariant = {
  id: 'no-needless-enomem',
  statement:
    'A call refused for want of map slots would, without the check that refused it, have ended above the limit or failed.',
  source: 'Mail of 2026-03-11: the check asks for more headroom than a move can use.',
  looksAtLimit: true,
  applies: ({ call, outcome }) => call.call === 'mremap' && refusedForMapSlots(outcome),
  holds: (t) => {
    const free = unchecked(t);
    return failed(free) || free.mapCount > t.env.maxMapCount;
  },
  explain: (t) => {
    const free = unchecked(t);
    return (
      `refused by ${t.outcome.step.name} at headroom ${t.env.maxMapCount - t.before.length}; ` +
      `without it the call succeeds with map_count ${free.mapCount}, limit ${t.env.maxMapCount}`
    );
  },
};
